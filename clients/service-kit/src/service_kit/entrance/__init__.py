"""How requests come in, at every web process: bounds, deadlines, and refusals by the servers.

None of our servers has a deadline for who connects and says nothing, sends a byte a minute, or
takes no answer; some read a head of any size. Each costs others their turn, without a token.
"""

import json
import re
from http import HTTPStatus

from service_kit.problems import Problem

REQUEST_S = 20.0
"""A request has come whole by then, since its connection or the answer before (as a delivery)."""
ANSWER_S = 60.0
"""An answer was taken by then."""
MAX_FIELDS = 100
MAX_HEAD_BYTES = 64 * 1024
"""Of all fields together, and of the trailers."""
MAX_LINE_BYTES = 8190
"""Of the request line, and of each field."""

_PROBE = re.compile(rb"\s*GET [^ ?]*/(healthz|readyz) ")
_DETAILS = {
    408: "It did not arrive whole in time.",
    414: f"The request line may have {MAX_LINE_BYTES} bytes.",
    431: f"A request may have {MAX_FIELDS} fields of {MAX_LINE_BYTES} bytes each, and of"
    f" {MAX_HEAD_BYTES} bytes together.",
}


def is_probe(request: bytes) -> bool:
    """Whether a request, as it begins, asks how the process is: it has threads of its own, for the
    others may all be waiting for a store that hangs."""
    return _PROBE.match(request) is not None


def refusal(status: int) -> bytes:
    """The whole answer to what is no request, or too much of one; the connection ends with it."""
    phrase = HTTPStatus(status).phrase
    body = json.dumps(Problem(status, phrase, detail=_DETAILS.get(status)).document()).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
