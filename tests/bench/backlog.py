"""Events that wait for subscribers, and how fast they leave once there is a pusher."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from bus.model.event import NewEvent, Publication, event_head
from bus.storage import Storage
from bus.subscriptions.lifecycle import resume, seek
from bus.subscriptions.places import check_seek
from tests.bench.house import House, Subscriber, client_id, subscribe
from tests.bench.stocking import stocking
from tests.waiting import wait_for

_A_TRANSACTION = 10_000
FILLED_TOPIC = "bids_aaaa"
FILLED = f"subscriber-{FILLED_TOPIC}"
"""The first of those that `fill` makes."""


def fill(
    house: House, peer: Subscriber, *, topics: int, events: int, entities: int = 1, **fields: Any
) -> None:
    """A subscriber a topic, each of which has its share of the events waiting."""
    storage = house.storage()
    names = [_topic(number) for number in range(topics)]
    for name in names:
        subscribe(storage, f"subscriber-{name}", peer.url, name, **fields)
    publisher = client_id(storage, "publisher")
    for name in names:
        append(storage, publisher, name, events // topics, entities=entities)
    storage.close()


def append(storage: Storage, publisher: int, topic: str, events: int, *, entities: int = 1) -> None:
    """Append events of so many entities in turn, past the web."""
    urls = [f"https://bids.example/bids/{number}" for number in range(entities)]
    some = [NewEvent("update", url, event_head(topic, "update", url, 1, None)) for url in urls]
    every = some * (_A_TRANSACTION // entities)
    for start in stocking(f"{events} events", range(0, events, _A_TRANSACTION)):
        storage.log.append([Publication(topic, publisher, every[: events - start])])


def append_to_each(storage: Storage, publisher: int, topics: int, events: int) -> None:
    """Append so many events to each topic, in one transaction."""
    log = []
    for number in range(topics):
        topic, url = _topic(number), "https://bids.example/bids/0"
        event = NewEvent("update", url, event_head(topic, "update", url, 1, None))
        log.append(Publication(topic, publisher, [event] * events))
    storage.log.append(log)


def rate_of_all(house: House, peer: Subscriber, events: int) -> float:
    """Events a second, from the first delivery to the last."""
    with house.pusher():
        wait_for(lambda: peer.stats()["events"] >= events, seconds=300)
    return _rate(peer.stats())


class Replay:
    """The subscriptions of a pusher, whose cursors are moved back again and again."""

    def __init__(self, storage: Storage, peer: Subscriber, pusher: int) -> None:
        self._storage, self._peer, self.pusher = storage, peer, pusher
        every = storage.overviews.every()
        self._ids = {one.subscription.client: one.subscription.id for one in every}
        for id in self._ids.values():
            storage.subscriptions.pause(id)

    def rate(self, subscriber: str, events: int, *, after: int = 0) -> float:
        """Events a second, of so many after a position, from the first delivery to the last."""
        id = self._ids[subscriber]
        self._rest()
        seek(self._storage, id, check_seek({"to": {"position": after}}))
        resume(self._storage, id)
        wait_for(lambda: self._peer.stats()["events"] >= events, seconds=300)
        self._storage.subscriptions.pause(id)
        return _rate(self._peer.stats())

    def _rest(self) -> None:
        """Until nothing is under way any more."""
        seen = [-1, -2]

        def is_still() -> bool:
            seen.append(self._peer.stats()["requests"])
            return len(set(seen[-3:])) == 1

        wait_for(is_still)
        self._peer.forget()


@contextmanager
def replaying(house: House, peer: Subscriber) -> Iterator[Replay]:
    """With a pusher, over a house that was filled."""
    with closing(house.storage()) as storage, house.pusher() as pid:
        yield Replay(storage, peer, pid)


def _rate(stats: dict[str, Any]) -> float:
    return float(stats["events"] / ((stats["last_ns"] - stats["first_ns"]) / 1e9))


def _topic(number: int) -> str:
    return "bids_" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")
