"""The bus as a Python object: publish, subscribe, unsubscribe."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypedDict

from requests.adapters import BaseAdapter

from bus_client.own import OwnSubscriptions
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
    `own` are this client's subscriptions with all that they can; `subscribe` and `unsubscribe`
    speak routemaster's wire, which knows one of them, `default`.
    """

    def __init__(
        self, url: str, token: str, *, total_s: float = 10.0, transport: BaseAdapter | None = None
    ) -> None:
        self._wire = Wire(url, token, total_s=total_s, transport=transport)
        self.own = OwnSubscriptions(self._wire)

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
        self._call("POST", f"/topics/{topic}", list(events))

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

    def subscribe(
        self,
        *,
        topics: Iterable[str],
        callback: str,
        uuid: str,
        timeout_ms: int | None = None,
        max_events: int | None = None,
    ) -> None:
        """Have the events of `topics` pushed to `callback`, with `uuid` as the Basic user name.

        Replaces this client's subscription; safe to repeat. `timeout_ms` is the longest that an
        event waits for company (None: it leaves at once), `max_events` the largest batch.
        """
        subscription = {"topics": list(topics), "callback": callback, "uuid": uuid}
        optional = {"timeout": timeout_ms, "max": max_events}
        self._call(
            "POST",
            "/subscription",
            subscription | {name: value for name, value in optional.items() if value is not None},
        )

    def set_secret(self, secret: str) -> None:
        """Sign this client's deliveries with `secret` (`whsec_` and base64); the one before stays
        valid for a day."""
        self._call("POST", "/subscription/secret", {"secret": secret})

    def unsubscribe(self, topic: str | None = None) -> None:
        """Stop one topic, or the whole subscription."""
        self._call("DELETE", f"/subscriber/topics/{topic}" if topic else "/subscriber")

    def subscriptions(self) -> list[dict[str, Any]]:
        """Every subscription: subscriber, callback, topics and how many events wait."""
        return self._list("/subscriptions")

    def topics(self) -> list[dict[str, Any]]:
        """Every topic: name, publisher and how many events."""
        return self._list("/topics")

    def _list(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._wire.call("GET", self._wire.url + path).value()
        return rows

    def _call(self, method: str, path: str, body: Any = None) -> None:
        self._wire.call(method, self._wire.url + path, body)
