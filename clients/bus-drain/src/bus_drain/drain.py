"""The WSGI app: one delivery in, one answer out."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import structs

from bus_drain.errors import MethodNotAllowed, Refused, StateUnavailable
from bus_drain.event import Event
from bus_drain.http import answer, handshake
from bus_drain.http.authenticate import BasicAuthentication, SignatureVerification
from bus_drain.http.body import read_body
from bus_drain.http.parse import parse
from bus_drain.layers.listen import Listener, Listeners, Receive

_log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024
_COUNT = re.compile(r"[0-9]{1,18}")
_SIGNATURE_HEADERS = {
    name: "HTTP_" + name.upper().replace("-", "_")
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
}


class Endpoint:
    """Takes the bus's deliveries at whatever path it is mounted under, and hands them to
    `receive`, the first of the layers below HTTP.

    Answers 204 when every event is settled, 200 with `{"failed": [ids]}` when some failed, 500
    when all did (the bus delivers the failed ones again), 503 when the drain's state or a
    listener's store can't be used now; 401 for a stranger, 405, 413, 415 and 400 for what is not
    a delivery. `OPTIONS` from who asks first, as CloudEvents' webhooks do, is told to come.

    `secrets` are the signing secrets (`whsec_…`) that are valid now: two while one is rotated.
    """

    def __init__(
        self,
        *,
        uuid: str,
        secrets: Sequence[str],
        receive: Receive,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._basic = BasicAuthentication(uuid)
        self._signature = SignatureVerification(secrets)
        self._receive = receive
        self._max_bytes = max_bytes

    def __call__(
        self, environ: dict[str, Any], start_response: answer.StartResponse
    ) -> Iterable[bytes]:
        if handshake.asks(environ):
            return answer.welcome(start_response)
        try:
            events = self._events(environ)
            outcome = self._receive(events)
        except Refused as refusal:
            _log.warning("delivery refused status=%s why=%s", refusal.status[:3], refusal)
            return answer.problem(start_response, refusal.status, str(refusal), refusal.headers)
        except StateUnavailable as error:
            _log.warning("state unavailable error=%s", error)
            return answer.store_unavailable(start_response)
        if outcome.failed:
            return answer.failed(
                start_response, outcome.failed, events, unavailable=outcome.unavailable
            )
        return answer.settled(start_response)

    def _events(self, environ: dict[str, Any]) -> tuple[Event, ...]:
        if environ["REQUEST_METHOD"] != "POST":
            raise MethodNotAllowed("Deliveries are POSTed")
        # Before the body is read: a stranger can't make us hold a megabyte.
        self._basic.check(environ.get("HTTP_AUTHORIZATION"))
        body = read_body(environ, self._max_bytes)
        self._signature.check(_signature_headers(environ), body)
        events = parse(body, environ.get("CONTENT_TYPE"))
        replay = _replay(environ.get("HTTP_BUS_REPLAY", ""))
        return tuple(structs.replace(one, replay=replay) for one in events) if replay else events


class Drain(Endpoint):
    """An endpoint that remembers nothing: straight to the listeners, repeats included.

    Listeners run inside the request: keep them to storing what came.
    """

    def __init__(
        self,
        *,
        uuid: str,
        secrets: Sequence[str],
        listeners: Mapping[str, Listener],
        max_bytes: int = MAX_BYTES,
    ) -> None:
        super().__init__(
            uuid=uuid, secrets=secrets, receive=Listeners(listeners), max_bytes=max_bytes
        )


def _replay(said: str) -> int:
    """How often the subscription was replayed; 0 where the bus is one that doesn't say."""
    return int(said) if _COUNT.fullmatch(said) else 0


def _signature_headers(environ: dict[str, Any]) -> dict[str, str]:
    return {name: environ[key] for name, key in _SIGNATURE_HEADERS.items() if key in environ}
