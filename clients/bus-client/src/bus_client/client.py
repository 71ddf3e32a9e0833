"""The bus as a Python object."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from requests.adapters import BaseAdapter

from bus_client.subscriptions import Subscriptions
from bus_client.wire import Wire

EventType = Literal["create", "update", "delete", "noop"]


class _Required(TypedDict):
    type: EventType
    url: str


class Event(_Required, total=False):
    """One announcement: `type` and `url` of the entity; `timestamp` in ms since the epoch, when it
    changed; `data` a small hint (at most 64 bytes as JSON by default)."""

    timestamp: int
    data: dict[str, Any]


class BusClient:
    """Talks to the bus at `url` (no trailing slash) with a client `token`.

    Every call blocks for at most `total_s` seconds and raises BusRefused or BusUnavailable.
    `transport` replaces the network (a requests adapter), as for an in-process bus.
    `subscriptions` are this client's own, with all that they can.
    """

    def __init__(
        self, url: str, token: str, *, total_s: float = 10.0, transport: BaseAdapter | None = None
    ) -> None:
        self._wire = Wire(url, token, total_s=total_s, transport=transport)
        self.subscriptions = Subscriptions(self._wire)

    def __enter__(self) -> "BusClient":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Publish up to 1 000 events; returns once all of them are on the bus's disk.

        All or none are taken. Safe to repeat after BusUnavailable.
        """
        self._wire.call("POST", f"{self._wire.url}/topics/{topic}", list(events))

    def created(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` was created."""
        self.publish(topic, [{"type": "create", "url": url}])

    def updated(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` changed."""
        self.publish(topic, [{"type": "update", "url": url}])

    def deleted(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` is gone."""
        self.publish(topic, [{"type": "delete", "url": url}])

    def noop(self, topic: str, url: str) -> None:
        """Announce that the entity at `url` exists, unchanged: for backfills."""
        self.publish(topic, [{"type": "noop", "url": url}])

    def claim(self, topic: str) -> None:
        """Own a topic before anything is published to it. May be repeated.

        Raises BusRefused (403) when it belongs to another client.
        """
        self._wire.call("PUT", f"{self._wire.url}/topics/{topic}")

    def subscribers(self) -> list[dict[str, Any]]:
        """Every client's subscriptions: subscriber, callback, topics and how many events wait."""
        return self._wire.rows("/subscriptions")

    def topics(self) -> list[dict[str, Any]]:
        """Every topic: name, publisher and how many events."""
        return self._wire.rows("/topics")
