"""Events that wait for subscribers, and how fast they leave once there is a pusher."""

from typing import Any

from bus.model.event import NewEvent, Publication, event_head
from bus.storage import Storage
from tests.bench.house import House, Subscriber, client_id, subscribe
from tests.waiting import wait_for

_A_TRANSACTION = 10_000


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
    for start in range(0, events, _A_TRANSACTION):
        storage.log.append([Publication(topic, publisher, every[: events - start])])


def rate_of_all(house: House, peer: Subscriber, events: int) -> float:
    """Events a second, from the first delivery to the last."""
    with house.pusher():
        wait_for(lambda: peer.stats()["events"] >= events, seconds=300)
    stats = peer.stats()
    return float(stats["events"] / ((stats["last_ns"] - stats["first_ns"]) / 1e9))


def _topic(number: int) -> str:
    return "bids_" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")
