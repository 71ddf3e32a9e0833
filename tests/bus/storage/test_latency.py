import threading

from bus.model.latency import DELIVERY, NAMES, PUBLISH_TO_DELIVERY, LatencyHistogram
from bus.storage import Storage


def noted(*took_ms: int) -> LatencyHistogram:
    timing = LatencyHistogram()
    for one in took_ms:
        timing.note(one)
    return timing


def test_what_several_add_is_added_up(storage: Storage) -> None:
    def add() -> None:
        for _ in range(20):
            storage.latencies.add({name: noted(1, 7, 7, 10**9) for name in NAMES})

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = storage.latencies.all()
    assert dict(found[DELIVERY].counts) == {1: 60, 10: 120, 0: 60}
    assert found[PUBLISH_TO_DELIVERY].sum_ms == 60 * (15 + 10**9)


def test_nothing_was_noted_yet(storage: Storage) -> None:
    assert storage.latencies.all() == {name: LatencyHistogram() for name in NAMES}
