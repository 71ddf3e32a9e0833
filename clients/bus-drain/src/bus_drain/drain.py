"""The WSGI app: one delivery in, one answer out."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bus_drain.authenticate import BasicAuthentication, SignatureVerification
from bus_drain.body import read_body
from bus_drain.errors import MethodNotAllowed, Refused
from bus_drain.listen import Listener, Listeners, Outcome, Receive
from bus_drain.parse import parse

_log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024
_SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Drain:
    """Takes the bus's deliveries at whatever path it is mounted under.

    Answers 204 when every event is settled and 500 when a listener failed (the bus delivers
    the batch again); 401 for a stranger, 405, 413, 415 and 400 for what is not a delivery.
    Listeners run inside the request: keep them to storing what came.

    `secrets` are the signing secrets (`whsec_…`) that are valid now: two while one is rotated.
    """

    def __init__(
        self,
        *,
        uuid: str,
        secrets: Sequence[str],
        listeners: Mapping[str, Listener],
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._basic = BasicAuthentication(uuid)
        self._signature = SignatureVerification(secrets)
        self._receive: Receive = Listeners(listeners)
        self._max_bytes = max_bytes

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            outcome = self._take(environ)
        except Refused as refusal:
            _log.warning("delivery refused status=%s why=%s", refusal.status[:3], refusal)
            return _problem(start_response, refusal.status, str(refusal), refusal.headers)
        if outcome.failed:
            return _problem(
                start_response, "500 Internal Server Error", "A listener failed; deliver it again"
            )
        start_response("204 No Content", [])
        return []

    def _take(self, environ: dict[str, Any]) -> Outcome:
        if environ["REQUEST_METHOD"] != "POST":
            raise MethodNotAllowed("Deliveries are POSTed")
        # Before the body is read: a stranger can't make us hold a megabyte.
        self._basic.check(environ.get("HTTP_AUTHORIZATION"))
        body = read_body(environ, self._max_bytes)
        self._signature.check(_signature_headers(environ), body)
        return self._receive(parse(body, environ.get("CONTENT_TYPE")))


def _signature_headers(environ: dict[str, Any]) -> dict[str, str]:
    names = {name: "HTTP_" + name.upper().replace("-", "_") for name in _SIGNATURE_HEADERS}
    return {name: environ[key] for name, key in names.items() if key in environ}


def _problem(
    start_response: Callable[..., Any],
    status: str,
    detail: str,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    code, _, title = status.partition(" ")
    body = json.dumps(
        {"type": "about:blank", "title": title, "status": int(code), "detail": detail}
    )
    start_response(
        status,
        [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
    )
    return [body.encode()]
