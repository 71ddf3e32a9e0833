"""Many pull one subscription at once, on each engine."""

import threading
from collections import Counter

import pytest
from service_kit.tokens import digest

from bus.model.subscription import SubscriptionRequest
from bus.storage import Storage
from bus.streams.pull import Puller
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication

EVENTS = 60


@pytest.fixture
def subscription_id(storage: Storage) -> int:
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    client = found[1].id
    storage.subscriptions.replace(client, SubscriptionRequest(("bids",), concurrency=64), "whsec_a")
    urls = [f"https://x.example/{number % 7}" for number in range(EVENTS)]
    for url in urls:
        assert storage.log.append([publication(client, url)]) == [None]
    return storage.subscriptions.find(client, "default")


def test_each_event_is_in_one_hand_and_each_url_in_order(
    storage: Storage, subscription_id: int
) -> None:
    taken: list[tuple[str, int]] = []
    noting = threading.Lock()

    def work() -> None:
        puller = Puller(storage, give_up_ms=1_000_000)
        while len(taken) < EVENTS:
            pulled = puller.pull(subscription_id, 3, 600_000)
            if pulled.lease is None:
                continue
            with noting:
                taken.extend((event.url, event.position) for event in pulled.events)
            puller.acknowledge(subscription_id, pulled.lease.id, ())

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert set(Counter(taken).values()) == {1}
    assert len(taken) == EVENTS
    for url in {url for url, _ in taken}:
        positions = [position for one, position in taken if one == url]
        assert positions == sorted(positions)
    one = storage.overviews.one("subscriber", "default")
    assert (one.cursor.position, one.sent, one.lag.events) == (EVENTS, EVENTS, 0)
