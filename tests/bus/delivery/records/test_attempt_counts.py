import pytest

from bus.delivery.answer import Answer
from bus.delivery.records.attempt_counts import AttemptCounts
from bus.delivery.records.attempt_log import Exchange
from bus.delivery.wire.request import Request
from tests.bus.samples import log_event, subscription


def answered(status: int | None) -> Exchange:
    request = Request("https://s.example/", (), b"[]")
    answer = Answer(1, status, None if status else "timed out")
    return Exchange(subscription(), request, answer, 0, 7, 1, [log_event(4)])


@pytest.mark.parametrize(
    ("status", "label"), [(204, "204"), (503, "503"), (None, "none"), (799, "other")]
)
def test_an_attempt_is_counted_by_the_status_that_it_was_answered(
    status: int | None, label: str
) -> None:
    counts = AttemptCounts()
    for _ in range(3):
        counts.add(answered(status))
    (metric,) = counts.collect()
    (sample,) = metric.samples
    assert (sample.name, sample.value) == ("bus_attempts_total", 3)
    assert sample.labels["status"] == label
    assert sample.labels["subscription"] == subscription().name
