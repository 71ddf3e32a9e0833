"""One delivery to an address on this machine, as the pusher makes it (docs/delivery.md D14)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import requests
from service_kit.clock import now_ms
from service_kit.consent import refused_ids
from service_kit.content_coding import MAX_ANSWER_BYTES
from service_kit.deadline import Deadline, DeadlineAdapter
from service_kit.errors import Unreadable
from service_kit.http import cause_of
from service_kit.webhooks import delivery_head, message_id
from urllib3.exceptions import HTTPError

from bus_client.checks import as_json
from bus_client.entities import Json

_CONNECT_S = 2.0
_TOTAL_S = 20.0
"""As long as the pusher waits (D15)."""


@dataclass(frozen=True)
class Forwarded:
    """What came of it: a status, or an error in words; `failed` are ids that a 2xx refused."""

    status: int | None
    error: str | None
    duration_ms: int
    failed: frozenset[str] = frozenset()

    @property
    def taken(self) -> bool:
        """Whether all but `failed` is acknowledged."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


class Forwarder:
    """POSTs batches of the subscription `name` to `url`, with these credentials."""

    def __init__(self, url: str, *, name: str, uuid: str, secret: str) -> None:
        self._url = url
        self._name = name
        self._uuid = uuid
        self._secret = secret
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy: it is on this machine
        self._session.headers.clear()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._session.close()

    def send(
        self, events: Sequence[Json], *, previous: int, attempt: int, replay: int
    ) -> Forwarded:
        """Send a batch once. Blocks for 20 s at most; raises nothing for what the address does."""
        began_s = time.monotonic()
        with Deadline(_TOTAL_S) as limit:
            try:
                status, coding, body = self._post(
                    events, previous=previous, attempt=attempt, replay=replay
                )
            except (requests.RequestException, HTTPError) as error:
                late = limit.passed or isinstance(error, requests.Timeout)
                why = f"no whole answer in {_TOTAL_S:.0f} s" if late else cause_of(error)
                return Forwarded(None, why, _since_ms(began_s))
        took_ms = _since_ms(began_s)
        if not 200 <= status < 300:
            return Forwarded(status, None, took_ms)
        try:
            return Forwarded(status, None, took_ms, _refused(events, coding, body))
        except Unreadable as error:
            return Forwarded(status, str(error), took_ms)

    def _post(
        self, events: Sequence[Json], *, previous: int, attempt: int, replay: int
    ) -> tuple[int, str, bytes]:
        body = as_json(list(events))
        positions = [int(event["position"]) for event in events]
        head = delivery_head(
            content_type="application/json",
            uuid=self._uuid,
            valid_secrets=[self._secret],
            message_id=message_id(self._name, positions),
            now_ms=now_ms(),
            body=body,
            position=positions[-1],
            previous=previous,
            attempt=attempt,
            replay=replay,
            traceparent=None,
        )
        fields = dict(line.split(": ", 1) for line in head) | {"User-Agent": "gavel-bus"}
        with self._session.post(
            self._url,
            data=body,
            headers=fields,
            timeout=(_CONNECT_S, _TOTAL_S),
            allow_redirects=False,
            stream=True,
        ) as answer:
            coding = answer.headers.get("Content-Encoding", "")
            return answer.status_code, coding, answer.raw.read(MAX_ANSWER_BYTES + 1)


def _refused(events: Sequence[Json], coding: str, body: bytes) -> frozenset[str]:
    return refused_ids(
        body[:MAX_ANSWER_BYTES],
        lambda: {str(event.get("id")) for event in events},
        coding=coding,
        cut_off=len(body) > MAX_ANSWER_BYTES,
    )


def _since_ms(began_s: float) -> int:
    return round((time.monotonic() - began_s) * 1000)
