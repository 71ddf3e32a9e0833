"""uvicorn behind our entrance."""

from service_kit.compat.uvicorn import BoundedProtocol
from service_kit.entrance import (
    ANSWER_S,
    MAX_FIELDS,
    MAX_HEAD_BYTES,
    MAX_LINE_BYTES,
    REQUEST_S,
    refusal,
)


class Protocol(BoundedProtocol):
    """What a connection is in the loop."""

    request_s = REQUEST_S
    answer_s = ANSWER_S
    max_fields = MAX_FIELDS
    max_line_bytes = MAX_LINE_BYTES
    max_head_bytes = MAX_HEAD_BYTES
    answer = staticmethod(refusal)
