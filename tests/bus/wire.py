"""Calls as routemaster's clients make them, each test as clients and topics of its own."""

import json
from itertools import count
from typing import Any

import requests

from tests.bus.serving import ROOT_KEY, Served

_numbers = count(1)


class Wire:
    """A bus as routemaster's clients speak to it."""

    def __init__(self, bus: Served) -> None:
        self.bus = bus
        self._suffix = "".join(chr(ord("a") + int(digit)) for digit in str(next(_numbers)))

    def client(self, role: str) -> str:
        """The token of this test's client."""
        return self.bus.token(f"{role}-{self._suffix}")

    def name(self, role: str) -> str:
        """The name of this test's client."""
        return f"{role}-{self._suffix}"

    def topic(self, word: str = "widgets") -> str:
        """A topic of this test's own."""
        return f"{word}_{self._suffix}"

    def call(
        self, method: str, path: str, body: Any = None, *, by: str = "publisher", **how: Any
    ) -> requests.Response:
        """A call by a client of this test (`root`: with the root key), with Basic credentials."""
        token = ROOT_KEY if by == "root" else self.client(by)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        sent: dict[str, Any] = {"auth": (token, "x"), "timeout": 20, "data": data} | how
        return requests.request(method, self.bus.url + path, **sent)

    def publish(self, body: Any, topic: str = "widgets", **how: Any) -> requests.Response:
        """Publish on a topic of this test."""
        return self.call("POST", f"/topics/{self.topic(topic)}", body, **how)

    def subscribe(self, callback: str, *topics: str, **more: Any) -> requests.Response:
        """Subscribe this test's subscriber."""
        names = [self.topic(word) for word in topics or ("widgets",)]
        body = {"topics": names, "callback": callback, "uuid": "the-uuid"} | more
        return self.call("POST", "/subscription", body, by="subscriber")

    def listed(self) -> dict[str, Any] | None:
        """This test's subscription, as `GET /subscriptions` has it."""
        rows = self.call("GET", "/subscriptions", by="subscriber").json()
        ours = [row for row in rows if row["subscriber"] == self.name("subscriber")]
        return ours[0] if ours else None

    def topics(self) -> dict[str, dict[str, Any]]:
        """What `GET /topics` says of this test's topics."""
        rows = self.call("GET", "/topics").json()
        return {row["name"]: row for row in rows if row["name"].endswith(f"_{self._suffix}")}
