"""What is kept of exchanges gets into the store, and into the traces, by itself."""

from collections.abc import Iterator

import pytest
from service_kit.trace import Span, record_spans

from bus.delivery.answer import Answer
from bus.delivery.records.attempt_log import Exchange
from bus.delivery.records.recorder import Recorder
from bus.delivery.wire.request import Request
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import subscribe
from tests.bus.samples import log_event, subscription

TRACE = "00-11111111111111111111111111111111-2222222222222222-01"
OURS = "00-11111111111111111111111111111111-3333333333333333-01"


def exchange(subscription_id: int = 1, at_ms: int = 1_000) -> Exchange:
    request = Request("https://x.example/", (f"traceparent: {OURS}",), b"")
    one = subscription(id=subscription_id)
    events = [log_event(1, traceparent=TRACE)]
    return Exchange(one, request, Answer(1, 204, None), at_ms, 250, 1, events)


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    taken: list[Span] = []
    record_spans(taken.append, lambda _: True)
    yield taken
    record_spans(None, lambda _: True)


def test_all_that_is_kept_is_stored_while_deliveries_go_on(
    storage: Storage, clock: FakeClock
) -> None:
    subscribe(storage, "https://s.example/", "bids")
    ((id,),) = storage._driver.rows("SELECT id FROM subscriptions")
    recorder = Recorder(storage, now_ms=clock, steady_ms=clock)
    recorder.record([exchange(id, clock())])
    clock.forward(10_000)
    recorder.record([exchange(id, clock())])
    for table in ("attempts", "timings", "subscription_history"):
        assert storage._driver.rows(f"SELECT count(*) FROM {table}")[0][0] > 0, table


def test_a_delivery_is_a_span_of_the_time_that_it_took(
    storage: Storage, clock: FakeClock, spans: list[Span]
) -> None:
    recorder = Recorder(storage, now_ms=clock, steady_ms=clock)
    recorder.record([exchange(at_ms=1_700_000_000_000)])
    (span,) = spans
    assert span.began_ns == 1_700_000_000_000_000_000
    assert span.ended_ns - span.began_ns == 250_000_000
    assert (span.parent, span.traceparent) == (TRACE, OURS)
