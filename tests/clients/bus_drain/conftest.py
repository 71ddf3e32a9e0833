"""A drain in process, and a bus that signs what it sends."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bus_drain import Drain, Event, Outcome, SomeFailed, open_state
from bus_drain.state import State
from standardwebhooks import Webhook
from werkzeug.test import Client, TestResponse

from tests.needs import program

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


def made(number: int = 1, **changes: Any) -> Event:
    """The event that `event` describes, as it is parsed."""
    return Event(**event(number, **changes))


@dataclass
class Below:
    """The layer below: remembers its batches, and fails the ids it is told to."""

    fails: set[str] = field(default_factory=set)
    batches: list[list[Event]] = field(default_factory=list)

    def __call__(self, events: Sequence[Event]) -> Outcome:
        self.batches.append(list(events))
        return Outcome(failed=tuple(one for one in events if one.id in self.fails))

    @property
    def ids(self) -> list[list[str | None]]:
        return [[one.id for one in batch] for batch in self.batches]


@dataclass
class Clock:
    """A clock that stands until it is told to go on."""

    ms: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


def failing(*ids: str) -> Callable[[Sequence[Event]], None]:
    """A listener that can't handle these."""

    def listen(events: Sequence[Event]) -> None:
        if bad := [one for one in events if one.id in ids]:
            raise SomeFailed(bad)

    return listen


@pytest.fixture
def below() -> Below:
    return Below()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drain_state(tmp_path: Path) -> Iterator[State]:
    state = open_state(f"sqlite:///{tmp_path}/drain.sqlite3")
    yield state
    state.close()


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


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A certificate that no public authority has signed, and its key."""
    files = (str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))
    ask = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1"
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [program("openssl"), *ask.split(), *name, "-out", files[0], "-keyout", files[1]],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return files
