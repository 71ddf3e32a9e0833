"""What is decided when an answer comes, beyond the rules that tests of their own are about."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bus.delivery.batching import Fetch, Idle, Wait
from bus.delivery.bisection import FAILING
from bus.delivery.consumer import Consumer
from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.parked import MAX_PARKED, ParkedSchedule, RetryParked
from bus.delivery.response import Acknowledged, Failed, Gone, Outcome, Response
from bus.delivery.terms import Terms
from bus.model.delivery import Cursor, EndpointHealth, LastAnswer, LeasedSubscription, Parked
from bus.model.report import News
from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import State
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

DAY_MS = 86_400_000
TERMS = Terms(lambda: "log", 5 * DAY_MS, lambda: 1.0)


def answered(leased: LeasedSubscription, response: Response, now_ms: int = START_MS) -> Consumer:
    """One that had a batch in flight, which was answered."""
    consumer = Consumer(leased, TERMS)
    consumer.offer([log_event(MAX_PARKED + 1)])
    consumer.backlog.read_all(MAX_PARKED + 1, of_snapshot=False)
    delivery = consumer.next(now_ms)
    assert isinstance(delivery, Delivery)
    consumer.answered(delivery, Outcome(response, LastAnswer(500, None, now_ms)))
    return consumer


@pytest.mark.parametrize(("own_ms", "after_ms"), [(None, 5 * DAY_MS), (3_600_000, 3_600_000)])
@pytest.mark.parametrize("unreachable", [True, False])
def test_who_fails_for_so_long_is_disabled(
    own_ms: int | None, after_ms: int, unreachable: bool
) -> None:
    failing = EndpointHealth(failures=9, failing_since_ms=START_MS, tried_upto=1)
    patience = RetryPolicy(give_up_ms=own_ms)
    for late_ms, reason in ((after_ms - 1, None), (after_ms, FAILING)):
        leased = held(health=failing, retry=patience)
        consumer = answered(leased, Failed(unreachable), START_MS + late_ms)
        settlement = consumer.settlement(0)
        change = settlement.change
        assert (change and change.disable, not consumer.is_open) == (reason, reason is not None)
        consumer.settled(settlement)
        assert consumer.is_open is (reason is None)


@pytest.mark.parametrize(("already", "parks"), [(MAX_PARKED - 1, True), (MAX_PARKED, False)])
def test_so_many_are_no_poison(already: int, parks: bool) -> None:
    # The attempt before it has passed.
    proven = EndpointHealth(tried_upto=2 * MAX_PARKED, bisect_limit=1)
    answer = LastAnswer(500, None, START_MS)
    later_ms = START_MS + DAY_MS
    parked = tuple(Parked(str(one), 0, later_ms, 1, answer) for one in range(already))
    leased = replace(held(health=proven), parked=parked)
    consumer = answered(leased, Failed())
    assert bool(consumer.settlement(0).change) is parks
    assert bool(consumer.health.failures) is not parks
    waiting = [event.position for event in consumer.backlog.events]
    assert waiting == ([] if parks else [MAX_PARKED + 1])


@pytest.mark.parametrize("ended", [True, False])
def test_who_coalesces_no_longer_reads_all_of_it_again_after_a_rest(ended: bool) -> None:
    resting = EndpointHealth(failures=1, retry_at_ms=START_MS + 1_000)
    leased = held(health=resting, coalesce=True)
    consumer = Consumer(leased, TERMS)
    ahead = consumer.backlog
    consumer.offer([log_event(1)])
    ahead.read_some(1, 1, of_snapshot=False)
    ahead.scanned([("bids", "create", "https://x.example/9", 9)], most=10, ended=ended)

    plain = replace(leased.subscription, coalesce=False)
    consumer.refresh(replace(leased, subscription=plain))
    consumer.next(START_MS)
    assert (ahead.events, ahead.queue, ahead.scan, ahead.read_upto) == ([], [], None, 0)


RESTING = EndpointHealth(failures=1, retry_at_ms=START_MS + 1_000)


def test_whoever_rests_forgets_what_was_read_and_reads_it_again() -> None:
    consumer = Consumer(held(health=RESTING), TERMS)
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    assert consumer.next(START_MS) == Wait(START_MS + 1_000)
    assert (consumer.backlog.events, consumer.backlog.read_upto) == ([], 0)


def test_whoever_coalesces_keeps_what_was_read_while_resting() -> None:
    consumer = Consumer(held(health=RESTING, coalesce=True), TERMS)
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    assert consumer.next(START_MS) == Wait(START_MS + 1_000)
    assert consumer.backlog.events == [log_event(1)]


def test_what_tells_of_a_loss_is_kept_while_resting() -> None:
    consumer = Consumer(held(health=RESTING), TERMS)
    consumer.miss(1, 7, START_MS)
    consumer.backlog.skip(7)
    consumer.backlog.read_all(7, of_snapshot=False)
    assert consumer.next(START_MS) == Wait(START_MS + 1_000)
    assert [event.type for event in consumer.backlog.events] == ["resync"]
    assert consumer.settlement(7).cursor.position == 0


@pytest.mark.parametrize(
    "stop",
    [
        lambda one: one.drop(),
        lambda one: one.leave(),
        lambda one: one.doubt(),
        lambda one: one.refresh(held(state=State.PAUSED)),
        lambda one: one.next(START_MS),  # all that may be in flight is
    ],
)
def test_whoever_may_not_send_has_nothing_to_do(stop: Callable[[Consumer], object]) -> None:
    consumer = Consumer(held(max_events=1), TERMS)
    consumer.offer([log_event(1), log_event(2)])
    consumer.backlog.read_all(2, of_snapshot=False)
    stop(consumer)
    assert consumer.next(START_MS) == Idle()


def test_whoever_was_to_leave_and_stays_goes_on() -> None:
    consumer = Consumer(held(), TERMS)
    assert consumer.stay() is False
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    consumer.leave()
    assert consumer.next(START_MS) == Idle()
    assert consumer.stay() is True
    assert isinstance(consumer.next(START_MS), Delivery)


def test_whoever_was_sent_before_a_takeover_is_waited_for_and_not_sent_again() -> None:
    consumer = Consumer(held(), TERMS)
    before = Delivery(Kind.BATCH, [log_event(1)], 0)
    consumer.resume([before])
    consumer.offer([log_event(1), log_event(2)])
    consumer.backlog.read_all(2, of_snapshot=False)
    assert (consumer.in_flight, consumer.next(START_MS)) == (1, Idle())
    assert consumer.settlement(2).cursor.position == 0
    consumer.answered(before, Outcome(Acknowledged(), LastAnswer(204, None, START_MS)))
    sent = consumer.next(START_MS)
    assert isinstance(sent, Delivery)
    assert [event.position for event in sent.events] == [2]


def test_the_cursor_waits_for_what_is_in_flight_and_goes_as_far_as_was_seen() -> None:
    consumer = Consumer(held(), TERMS)
    consumer.offer([log_event(3)])
    consumer.backlog.read_all(5, of_snapshot=False)
    assert [consumer.has_moved(seen) for seen in (0, 9)] == [True, True]
    assert consumer.settlement(9).cursor.position == 2
    sent = consumer.next(START_MS)
    assert isinstance(sent, Delivery)
    assert consumer.settlement(9).cursor.position == 2
    consumer.answered(sent, Outcome(Acknowledged(), LastAnswer(204, None, START_MS)))
    settlement = consumer.settlement(9)
    assert (settlement.cursor.position, settlement.cursor.delivered) == (9, 3)
    assert (settlement.sent, settlement.answer) == (1, LastAnswer(204, None, START_MS))
    consumer.settled(settlement)
    again = consumer.settlement(9)
    assert (again.sent, again.answer, consumer.has_moved(9)) == (0, None, False)
    assert consumer.has_moved(10)


@pytest.mark.parametrize("response", [Failed(), Failed(unreachable=True)])
def test_what_cannot_be_taken_in_is_not_passed_by(response: Response) -> None:
    def broken() -> float:
        raise ZeroDivisionError

    consumer = Consumer(held(), replace(TERMS, chance=broken))
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    delivery = consumer.next(START_MS)
    assert isinstance(delivery, Delivery)
    with pytest.raises(ZeroDivisionError):
        consumer.answered(delivery, Outcome(response, LastAnswer(500, None, START_MS)))
    assert consumer.settlement(1).cursor.position == 0
    consumer.answered(delivery, Outcome(Acknowledged(), LastAnswer(200, None, START_MS)))
    assert consumer.settlement(1).cursor.position == 1


def test_what_was_acknowledged_is_the_last_that_was_delivered_and_nothing_else_is() -> None:
    place = MAX_PARKED + 1
    taken = answered(held(), Acknowledged()).settlement(place).cursor
    assert (taken.position, taken.delivered, taken.reached) == (place, place, place)
    failed = answered(held(), Failed()).settlement(place).cursor
    assert (failed.position, failed.delivered, failed.reached) == (place - 1, 0, place - 1)


def test_of_a_parked_entity_what_was_refused_again_waits_longer_and_the_rest_is_settled() -> None:
    before = Parked("u", 1, START_MS, 2, LastAnswer(500, None, START_MS))
    schedule = ParkedSchedule([before], lambda: 1.0)
    one, other = log_event(1, url="u"), log_event(2, url="u")
    schedule.attempted("u")
    answer = LastAnswer(200, None, START_MS)
    response = Acknowledged(failed=(other,))
    schedule.answered([one, other], RetryPolicy(), Outcome(response, answer))
    ((after),) = schedule.change.park.values()
    assert schedule.change.take_back == [1]
    assert after is not None
    # The first was taken, so that the count began anew; the second has failed once since.
    assert (after.events, after.failures, after.retry_at_ms) == (1, 1, START_MS + 30_000)


def answer(
    consumer: Consumer, delivery: object, response: Response, now_ms: int = START_MS
) -> None:
    """That was sent, and this came of it."""
    assert isinstance(delivery, Delivery)
    consumer.answered(delivery, Outcome(response, LastAnswer(204, None, now_ms)))


def test_who_has_not_enough_reads_on_and_who_has_it_or_all_there_is_sends() -> None:
    consumer = Consumer(held(max_events=2), TERMS)
    assert consumer.next(START_MS) == Fetch()
    consumer.offer([log_event(1)])
    assert consumer.next(START_MS) == Fetch()
    consumer.offer([log_event(2)])
    assert isinstance(consumer.next(START_MS), Delivery)
    last = Consumer(held(max_events=2), TERMS)
    last.offer([log_event(1)])
    last.backlog.read_all(1, of_snapshot=False)
    assert isinstance(last.next(START_MS), Delivery)
    scanning = Consumer(held(max_events=1, coalesce=True), TERMS)
    scanning.offer([log_event(1)])
    scanning.backlog.read_some(1, 1, of_snapshot=False)
    assert scanning.next(START_MS) == Fetch()


def test_who_waits_for_company_looks_again_when_a_parked_entity_is_due_before_that() -> None:
    later_ms = START_MS + 300
    parked = (Parked("u", 0, later_ms, 1, LastAnswer(500, None, START_MS)),)
    for leased, until_ms in (
        (held(timeout_ms=500), START_MS + 500),
        (held(timeout_ms=500), later_ms),
    ):
        waits = replace(leased, parked=parked if until_ms == later_ms else ())
        consumer = Consumer(waits, TERMS)
        consumer.offer([log_event(1)])
        consumer.backlog.read_all(1, of_snapshot=False)
        assert consumer.next(START_MS) == Wait(until_ms)
    assert consumer.next(later_ms) == RetryParked("u")


def test_what_was_made_ahead_is_what_is_sent_next() -> None:
    consumer = Consumer(held(max_events=1), TERMS)
    consumer.offer([log_event(1), log_event(2), log_event(3)])
    answer(consumer, consumer.next(START_MS), Acknowledged())
    sent = consumer.next(START_MS)
    made = consumer.prefetch(START_MS)
    assert made is not None
    answer(consumer, sent, Acknowledged())
    assert consumer.next(START_MS) is made
    assert (consumer.in_flight, consumer.backlog.events) == (1, [])
    assert made.previous == 2


@pytest.mark.parametrize("kind", ["batch", "parked"])
def test_what_disables_it_is_stored_whatever_comes_of_another_delivery(kind: str) -> None:
    parked = (Parked("u", 0, START_MS, 1, LastAnswer(500, None, START_MS)),)
    leased = replace(held(max_events=1, concurrency=3), parked=parked)
    consumer = Consumer(leased, TERMS)
    consumer.offer([log_event(1), log_event(2)])
    assert consumer.next(START_MS) == RetryParked("u")
    of_parked = consumer.retry("u", [log_event(9, url="u")])
    one, two = consumer.next(START_MS), consumer.next(START_MS)
    first, others = (one, (two, of_parked)) if kind == "batch" else (of_parked, (one, two))
    answer(consumer, first, Gone())
    assert (consumer.is_open, consumer.next(START_MS)) == (False, Idle())
    for other in others:
        answer(consumer, other, Acknowledged())
    change = consumer.settlement(0).change
    assert change is not None
    assert change.disable == "gone"


def test_a_test_event_that_is_wanted_meanwhile_is_sent_also_while_it_is_paused() -> None:
    consumer = Consumer(held(), TERMS)
    consumer.refresh(replace(held(state=State.PAUSED), test_wanted=True))
    sent = consumer.next(START_MS)
    assert isinstance(sent, Delivery)
    assert (sent.kind, consumer.next(START_MS), consumer.in_flight) == (Kind.TEST, Idle(), 1)
    answer(consumer, sent, Failed())
    change = consumer.settlement(0).change
    assert (change and change.tested, consumer.health.failures) == (True, 0)


def test_what_was_changed_holds_from_then_on() -> None:
    consumer = Consumer(held(), TERMS)
    later = replace(held().subscription, retry=RetryPolicy(first_ms=7_000), events_per_s=1)
    consumer.refresh(replace(held(), subscription=later))
    consumer.offer([log_event(1), log_event(2)])
    consumer.backlog.read_all(2, of_snapshot=False)
    sent = consumer.next(START_MS)
    assert isinstance(sent, Delivery)
    assert len(sent.events) == 1
    answer(consumer, sent, Failed())
    assert consumer.health.retry_at_ms == START_MS + 7_000


def test_a_back_off_that_somebody_ended_is_over_and_what_is_in_flight_stays_so() -> None:
    failing = EndpointHealth(failures=1, failing_since_ms=1, retry_at_ms=START_MS, tried_upto=1)
    consumer = Consumer(held(health=failing), TERMS)
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    sent = consumer.next(START_MS)
    moved = held(fence=2)
    assert (consumer.goes_on(moved), Consumer(held(), TERMS).goes_on(moved)) == (True, False)
    assert consumer.goes_on(held(Cursor(1, 0), fence=2)) is False
    consumer.doubt()
    consumer.refresh(moved)
    assert (consumer.is_open, consumer.fence, consumer.health.failures) == (True, 2, 0)
    answer(consumer, sent, Acknowledged())
    assert consumer.settlement(1).fence == 2


TOLD = replace(TERMS, report_url=lambda _: "https://bus.example/clients/a/subscriptions/b")


@pytest.mark.parametrize(
    ("leased", "response", "news"),
    [
        (held(), Acknowledged(), []),
        (replace(held(), alerts=("failing",)), Acknowledged(), [News.RECOVERED]),
        (held(health=EndpointHealth(failures=99, tried_upto=1)), Failed(True), [News.FAILING]),
        (held(), Gone(), [News.DISABLED]),
    ],
)
def test_what_is_news_is_told_with_what_is_stored(
    leased: LeasedSubscription, response: Response, news: list[News]
) -> None:
    consumer = Consumer(leased, TOLD)
    consumer.offer([log_event(1)])
    consumer.backlog.read_all(1, of_snapshot=False)
    answer(consumer, consumer.next(START_MS), response)
    settlement = consumer.settlement(1)
    assert [one.news for one in settlement.reports] == news
    consumer.settled(settlement)
    if news != [News.DISABLED]:
        assert consumer.settlement(1).reports == ()


def test_that_events_are_gone_is_told_once() -> None:
    consumer = Consumer(held(), TOLD)
    consumer.miss(1, 7, START_MS)
    settlement = consumer.settlement(7)
    ((report),) = settlement.reports
    assert (report.news, report.lost) == (News.RESYNC, (1, 7))
    consumer.settled(settlement)
    assert consumer.settlement(7).reports == ()


def test_while_it_is_told_that_events_are_gone_it_is_not_told_again() -> None:
    consumer = Consumer(held(), TERMS)
    consumer.miss(1, 7, START_MS)
    consumer.backlog.read_all(7, of_snapshot=False)
    sent = consumer.next(START_MS)
    consumer.miss(1, 7, START_MS)
    assert consumer.backlog.events == []
    assert consumer.settlement(7).cursor.position == 0
    answer(consumer, sent, Acknowledged())
    consumer.miss(8, 9, START_MS)
    assert [event.position for event in consumer.backlog.events] == [9]


def test_what_is_put_aside_as_it_is_read_is_behind_and_not_put_aside_again() -> None:
    parked = (Parked("u", 0, START_MS + DAY_MS, 1, LastAnswer(500, None, START_MS)),)
    consumer = Consumer(replace(held(max_events=1), parked=parked), TERMS)
    consumer.offer([log_event(1), log_event(2, url="u")])
    consumer.backlog.read_all(2, of_snapshot=False)
    consumer.next(START_MS)
    settlement = consumer.settlement(2)
    cursor = settlement.cursor
    assert (cursor.position, cursor.reached, cursor.left_behind) == (0, 2, (1,))
    assert settlement.change is not None
    assert [event.position for event in settlement.change.park_events] == [2]
