from bus.model.latency import DELIVERY, PUBLISH_TO_DELIVERY
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven
from tests.bus.receiver import Receiver
from tests.bus.samples import publication, wanted


def test_attempts_and_the_way_of_each_event_are_timed(
    storage: Storage, clock: FakeClock, receiver: Receiver
) -> None:
    storage.clients.add_token("ada", "digest")
    ada = storage.clients.find("digest")[1].id
    storage.subscriptions.replace(ada, wanted(receiver.url), "whsec_" + "a" * 32)
    storage.log.append([publication(ada, "https://x.example/1", "https://x.example/2")])
    clock.forward(1_500)
    storage.log.append([publication(ada, "https://x.example/3")])
    driven = Driven(storage, clock)
    driven.until(lambda: len(receiver.urls) == 3 and storage.overviews.every()[0].sent == 3)
    driven.pusher.close()
    found = storage.latencies.all()
    assert found[DELIVERY].counts.total() == len(receiver.deliveries)
    assert dict(found[PUBLISH_TO_DELIVERY].counts) == {1: 1, 2_000: 2}
    assert found[PUBLISH_TO_DELIVERY].sum_ms == 3_000
