"""Who receives in this process, and what each of them has not taken yet."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import uuid4

from service_kit.clock import Clock, now_ms

from bus_client.checks import as_json, check_events
from bus_client.errors import BadConnection, NobodyReceives
from bus_client.event import Event

log = logging.getLogger(__name__)

Deliver = Callable[[bytes], Collection[str]]
"""Takes a delivery in the bus's own format, a JSON array of events; returns the ids of those that
failed. What it raises means that all of them did."""

_AT_ONCE = 100  # as many as the bus puts into a batch


@dataclass(frozen=True)
class Delivery:
    """An event as the bus would write it, and who has not taken it yet (None: nobody has)."""

    document: dict[str, Any]
    left: frozenset[str] | None = None

    @property
    def id(self) -> str:
        """The id of its event."""
        return str(self.document["id"])

    def is_for(self, name: str) -> bool:
        """Whether the receiver of this name has not taken it yet."""
        return self.left is None or name in self.left


class Receivers:
    """The contexts of this process that receive, by name.

    Each gets every event and says for itself what failed. Positions rise, also over a restart,
    but they are places in no log: a bus that follows begins at 1, with later times.
    """

    def __init__(self, clock: Clock = now_ms) -> None:
        self._by_name: dict[str, Deliver] = {}
        self._clock = clock
        self._lock = threading.Lock()
        self._position = 0
        self._identity = uuid4().hex[:12]

    def add(self, name: str, deliver: Deliver) -> None:
        """Let this context receive. Raises BadConnection when another has the name."""
        with self._lock:
            if self._by_name.setdefault(name, deliver) is not deliver:
                raise BadConnection(
                    f"two receivers are named {name!r}: give connect a name for each"
                )

    def remove(self, name: str) -> None:
        """Let it receive no more."""
        with self._lock:
            self._by_name.pop(name, None)

    def require(self) -> dict[str, Deliver]:
        """Who receives. Raises NobodyReceives."""
        if not self._by_name:
            raise NobodyReceives("nobody receives in this process: give connect a deliver")
        return dict(self._by_name)

    def deliveries(self, topic: str, events: Sequence[Event]) -> list[Delivery]:
        """What is to be delivered of these events. Raises BusRefused, as the bus would."""
        check_events(topic, events)
        return [Delivery(self._document(topic, event)) for event in events]

    def hand_over(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Hand each event to all who have not taken it; returns those that somebody has not taken
        now. Blocks on the listeners. Who is not connected any more has nothing left to take.
        Raises NobodyReceives."""
        receivers = self.require()
        failed: dict[str, set[str]] = {delivery.id: set() for delivery in deliveries}
        for name, deliver in receivers.items():
            for batch in _batches(d for d in deliveries if d.is_for(name)):
                for id in _failed(name, deliver, batch):
                    failed[id].add(name)
        return [replace(d, left=frozenset(failed[d.id])) for d in deliveries if failed[d.id]]

    def _document(self, topic: str, event: Event) -> dict[str, Any]:
        position = self._next_position()
        document = {
            "topic": topic,
            "type": event["type"],
            "url": event["url"],
            "t": self._clock() if event.get("timestamp") is None else event["timestamp"],
        }
        if event.get("data") is not None:
            document["data"] = event["data"]
        return document | {"id": f"{self._identity}-{position}", "position": position}

    def _next_position(self) -> int:
        with self._lock:
            self._position = max(self._position + 1, self._clock() * 1000)
            return self._position


def _batches(deliveries: Iterator[Delivery]) -> Iterator[list[Delivery]]:
    while batch := list(islice(deliveries, _AT_ONCE)):
        yield batch


def _failed(name: str, deliver: Deliver, batch: Sequence[Delivery]) -> Collection[str]:
    ids = {delivery.id for delivery in batch}
    try:
        failed = ids.intersection(deliver(as_json([delivery.document for delivery in batch])))
    except Exception:  # foreign code: whatever it raises means "again"
        log.exception("receiver failed receiver=%s events=%s", name, sorted(ids))
        return ids
    if failed:
        log.warning("receiver failed receiver=%s events=%s", name, sorted(failed))
    return failed
