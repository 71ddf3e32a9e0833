"""A drain in process, and a bus that signs what it sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from bus_drain import Drain, Event
from standardwebhooks import Webhook
from werkzeug.test import Client, TestResponse

UUID = "demo"
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"t" * 32).decode()


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "topic": "bids",
        "type": "create",
        "url": f"https://bids.example/bids/{number}",
        "t": 1_700_000_000_000,
        "id": str(number),
        "position": number,
    } | changes


def signature_headers(
    body: bytes, secret: str = SECRET, at: datetime | None = None, uuid: str = UUID
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "Authorization": "Basic " + base64.b64encode(f"{uuid}:x".encode()).decode(),
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode("latin-1")),
    }


@dataclass
class Deliverer:
    """POSTs to a WSGI app the way the bus does."""

    app: Any

    def __call__(
        self,
        events: Any = None,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        path: str = "/",
    ) -> TestResponse:
        body = json.dumps(events).encode() if body is None else body
        return Client(self.app).post(
            path,
            data=body,
            content_type=content_type,
            headers=signature_headers(body) if headers is None else headers,
        )


@dataclass
class Heard:
    """A listener that remembers its batches, or fails."""

    batches: list[list[Event]] = field(default_factory=list)
    error: Exception | None = None

    def __call__(self, events: Iterable[Event]) -> None:
        if self.error:
            raise self.error
        self.batches.append(list(events))

    @property
    def urls(self) -> list[str]:
        return [event.url for batch in self.batches for event in batch]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def make_drain(heard: Heard) -> Callable[..., Drain]:
    def make(**changes: Any) -> Drain:
        settings = {"uuid": UUID, "secrets": [SECRET], "listeners": {"bids": heard}}
        return Drain(**(settings | changes))

    return make


@pytest.fixture
def deliver(make_drain: Callable[..., Drain]) -> Deliverer:
    return Deliverer(make_drain())
