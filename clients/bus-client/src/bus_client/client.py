"""The bus as a Python object."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from requests.adapters import BaseAdapter
from service_kit.errors import ConfigError
from service_kit.notify import NotifyChannel

from bus_client.bus import Bus
from bus_client.checks import check_topic
from bus_client.documents import history_from
from bus_client.entities import EventBatch, HistoryPoint, Json, Span, Subscription
from bus_client.entry import Entry
from bus_client.event import Event
from bus_client.follow import LONG_POLL_S, After, Saved, follow
from bus_client.subscriptions import Subscriptions
from bus_client.tokens import Tokens
from bus_client.wire import Wire

_POLL_S = 0.5


class BusClient(Bus):
    """Talks to the bus at `url` (no trailing slash) with a client `token`.

    Every call blocks for at most `total_s` seconds and raises BusRefused or BusUnavailable.
    `transport` replaces the network (a requests adapter), as for an in-process bus.
    `subscriptions` are this client's own, with all that they can; `tokens` are for the root key,
    and `entry` says what this token may use. `name` tells the processes of
    one service from those of others on this machine, where a look wakes the one that works.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        total_s: float = 10.0,
        transport: BaseAdapter | None = None,
        name: str = "default",
    ) -> None:
        super().__init__()
        self._wire = Wire(url, token, total_s=total_s, transport=transport)
        self._patient = Wire(url, token, total_s=total_s, transport=transport, waits_s=LONG_POLL_S)
        self._looks = NotifyChannel.for_database(self._wire.url, f"look {name}")
        self.entry = Entry(self._wire)
        self.subscriptions = Subscriptions(self._wire, self.entry, patient=self._patient)
        self.tokens = Tokens(self._wire, self.entry)

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._wire.close()
        self._patient.close()
        self._looks.close()

    def publish(
        self, topic: str, events: Sequence[Event], *, idempotency_key: str | None = None
    ) -> None:
        """Publish up to 1 000 events; returns once all of them are on the bus's disk.

        All or none are taken. Safe to repeat after BusUnavailable; with an `idempotency_key` (1 to
        255 visible ASCII characters) the same events are stored once a day, however often.
        """
        # An `id` is for receivers in this process; without it the bus needs a sixth of the time.
        said = [{key: value for key, value in one.items() if key != "id"} for one in events]
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        self._wire.do("POST", self._topic_url(topic), said, headers=headers)

    def follow(
        self,
        topics: Iterable[str] = (),
        after: After = "now",
        *,
        limit: int = 100,
        saved: Saved | None = None,
        stopping: threading.Event | None = None,
    ) -> Iterator[EventBatch]:
        """The events of some topic patterns (without any: of all) in batches, as they come.

        Begins after a position or a batch's `place`, with what comes `now`, or at the `beginning`.
        With `saved` the place is kept once a batch was taken, which is when the next one is asked
        for: killed before, the batch comes again. A file that is there goes before `after`; of a
        callable, give what it kept as `after`. Batches hold up to `limit` (1 000) events.

        Blocks until something comes, for ever, or until `stopping` is set (25 s later at most).
        Waits longer and longer while the bus is away. Raises BusRefused, as
        for a wrong token, or NotPossible for one that may not subscribe.
        """
        stop = stopping or threading.Event()
        return follow(
            self._patient, self.entry, topics, after, limit=limit, saved=saved, stopping=stop
        )

    def look(self) -> None:
        """Wake the process that works, if it is on this machine."""
        self._looks.notify()

    def waiting(self) -> int:
        """How many events this client's subscriptions have ahead of them, or parked."""
        return sum(one.waiting + one.parked for one in self.subscriptions.all())

    def run(self, stopping: threading.Event, *, workers: int = 2) -> None:  # noqa: ARG002
        """Do the work of every look, and look twice a second; blocks until `stopping` is set."""
        while not stopping.is_set():
            self.jobs.settle()
            self._looks.wait(_POLL_S)

    def claim(
        self, topic: str, *, description: str | None = None, schema: Json | None = None
    ) -> None:
        """Own a topic before anything is published to it, and say what it is about: `schema` is a
        JSON Schema of its events' `data`. May be repeated.

        Raises BusRefused (403) when it belongs to another client.
        """
        said = {"description": description, "schema": schema}
        body = {name: value for name, value in said.items() if value is not None}
        self._wire.do("PUT", self._topic_url(topic), body or None)

    def delete_topic(self, topic: str) -> None:
        """Let go of a topic: what was published is still delivered, and anybody may claim it.

        Raises BusRefused: 403 when it belongs to another client, 404 when there is none.
        """
        self._wire.do("DELETE", self._topic_url(topic))

    def _topic_url(self, name: str) -> str:
        check_topic(name)
        return f"{self._wire.url}/topics/{name}"

    def subscribers(self) -> list[dict[str, Any]]:
        """Every client's subscriptions: subscriber, callback, topics and how many events wait."""
        return self._wire.rows("/subscriptions")

    def topics(self) -> list[dict[str, Any]]:
        """Every topic: name, publisher and how many events."""
        return self._wire.rows("/topics")

    def metrics(self) -> str:
        """Counts and lags in Prometheus's text format: of its own, or all for the root key."""
        return self._wire.text(self.entry.link("metrics"))

    def history(self, span: Span, subscription: Subscription | None = None) -> list[HistoryPoint]:
        """What happened in the last hour, day or week: of one subscription, of all of its own, or
        of everybody's for the root key."""
        place = (
            {}
            if subscription is None
            else {"subscription": f"{subscription.client}/{subscription.name}"}
        )
        return history_from(self._wire.read("GET", self.entry.link("history", span=span, **place)))

    def audit(
        self, *, client: str | None = None, act: str | None = None, since_ms: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Who did what, newest first: `at_ms`, `client`, `by`, `act`, `on`, `details`. What this
        client did and what was done to its own; all for the root key."""
        asked = {"client": client, "act": act, "since_ms": since_ms}
        given = {name: str(value) for name, value in asked.items() if value is not None}
        url: str | None = self.entry.link("audit", **given)
        while url is not None:
            page = self._wire.read("GET", url)
            yield from (dict(one.state) for one in page.collection("acts"))
            url = page.optional_link("next")

    def topic(self, name: str) -> dict[str, Any]:
        """A topic: name, publisher, events, their rate, description, JSON Schema of `data` and the
        same as `fields`, `examples` of an event."""
        return self._wire.read("GET", self._topic_url(name)).state

    def asyncapi(self, topic: str | None = None) -> dict[str, Any]:
        """The AsyncAPI document of the bus's events: of a topic, or of all, up to 1 000."""
        asked = {"limit": "1000"} if topic is None else {"topic": topic}
        return dict(self._wire.read("GET", self.entry.link("asyncapi", **asked)).document)

    def pushers(self) -> int:
        """How many processes deliver now."""
        return self._wire.read("GET", self.entry.link("overview")).integer("pushers")

    def clock_ms(self) -> int:
        """The bus's clock, in ms since the epoch; wants no token."""
        return self._wire.read("GET", f"{self._wire.url}/health/ping").time_ms("pong")


def bus_elsewhere(setting: str, url: str, token: str) -> BusClient:
    """The bus across HTTP that a setting names, for a process that holds one service alone: those
    who listen are in other processes. Raises ConfigError for `inline:` and `huey:`."""
    if not url.startswith("http"):
        raise ConfigError([f"{setting}: {url} is for a process that holds all who listen"])
    return BusClient(url, token)
