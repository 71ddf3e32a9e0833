"""What the drain answers: in full, in part, or that the batch must come again."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bus_drain.event import Event
from bus_drain.http.handshake import CONSENT

_BUS_READS_BYTES = 16 * 1024

StartResponse = Callable[..., Any]


def settled(start_response: StartResponse) -> list[bytes]:
    """204: every event is settled."""
    start_response("204 No Content", [])
    return []


def welcome(start_response: StartResponse) -> list[bytes]:
    """204: deliveries may be sent here."""
    start_response("204 No Content", [*CONSENT])
    return []


def failed(
    start_response: StartResponse,
    failed: Sequence[Event],
    batch: Sequence[Event],
    *,
    unavailable: bool,
) -> list[bytes]:
    """200 with the ids of the failed events when the bus can tell them apart, 500 otherwise, or
    503 when a store is `unavailable`.

    A list that is longer than what the bus reads would be cut, so then the whole batch fails too:
    repeats are harmless, a lost failure isn't.
    """
    body = json.dumps({"failed": list(dict.fromkeys(event.id for event in failed))})
    has_ids = all(event.id is not None for event in failed)
    if len(failed) == len(batch) or not has_ids or len(body) > _BUS_READS_BYTES:
        if unavailable:
            return store_unavailable(start_response)
        return problem(
            start_response, "500 Internal Server Error", "A listener failed; deliver it again"
        )
    return _respond(start_response, "200 OK", "application/json", body)


def store_unavailable(start_response: StartResponse) -> list[bytes]:
    """503: what is remembered, or what the events are for, can't be written now."""
    return problem(
        start_response,
        "503 Service Unavailable",
        "A store can't be used now; deliver it again",
        [("Retry-After", "5")],
    )


def problem(
    start_response: StartResponse,
    status: str,
    detail: str,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    """A problem document (RFC 9457)."""
    code, _, title = status.partition(" ")
    body = json.dumps(
        {"type": "about:blank", "title": title, "status": int(code), "detail": detail}
    )
    return _respond(start_response, status, "application/problem+json", body, headers)


def _respond(
    start_response: StartResponse,
    status: str,
    content_type: str,
    body: str,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    described = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    start_response(status, [*described, *headers])
    return [body.encode()]
