"""What an answer changes: the one place where events leave a lane."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service_kit.backoff import backoff_s

from bus.delivery import bisection as rules
from bus.delivery.consumer import Flight, Kind, Lane
from bus.delivery.parked import MAX_PARKED, parked, retry_at
from bus.delivery.records.attempt_log import last_answer_body
from bus.delivery.response import Acknowledged, Failed, Gone, Response, RetryAfter
from bus.delivery.wire.http_client import Answer
from bus.model.delivery import HEALTHY, DeadLetter, LastAnswer
from bus.model.event import LogEvent

GONE = "gone"
FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Landing:
    """An answer, and what is needed to act on it."""

    flight: Flight
    answer: Answer
    response: Response
    now_ms: int
    give_up_ms: int
    chance: Callable[[], float]

    @property
    def last_answer(self) -> LastAnswer:
        """The answer as it is shown."""
        return LastAnswer(self.answer.status, self.answer.error, self.now_ms)


def land(lane: Lane, landing: Landing) -> None:
    """Settle, give back, park or bury the events of a flight (docs/delivery.md D16 to D20)."""
    lane.answer = landing.last_answer
    lane.dirty = True
    match landing.flight.kind:
        case Kind.BATCH:
            _land_batch(lane, landing)
        case Kind.PARKED:
            _land_parked(lane, landing)
        case Kind.TEST:
            lane.change.tested, lane.test_wanted = True, False
            return
    if isinstance(landing.response, Gone):
        lane.change.disable = GONE
    elif rules.gives_up(lane.health, landing.now_ms, _give_up_ms(lane, landing)):
        lane.change.disable = FAILING
    if lane.change.disable:
        lane.is_disabled = True  # nothing more until the registry says what it is now


def _land_batch(lane: Lane, landing: Landing) -> None:
    events = landing.flight.events
    match landing.response:
        case Acknowledged(failed):
            _settle_batch(lane, events, failed, landing)
        case Failed(unreachable=True):
            lane.give_back(events)
            lane.health = rules.unreachable(
                lane.health, events, landing.now_ms, _pause(lane, landing)
            )
        case Failed():
            _blame(lane, events, landing)
        case RetryAfter(pause_ms):
            lane.give_back(events)
            lane.health = rules.deferred(lane.health, events, landing.now_ms, pause_ms)
        case Gone():
            lane.give_back(events)


def _settle_batch(
    lane: Lane, events: Sequence[LogEvent], failed: tuple[LogEvent, ...], landing: Landing
) -> None:
    lane.health = rules.succeeded(lane.health, events)
    lane.delivered = max(lane.delivered, events[-1].position)
    lane.sent += len(events) - len(failed)
    lane.settled(events)
    for url in dict.fromkeys(event.url for event in failed):
        _park(lane, url, [event for event in failed if event.url == url], landing)


def _blame(lane: Lane, events: Sequence[LogEvent], landing: Landing) -> None:
    pause = _pause(lane, landing)
    blame = rules.failed(lane.health, events, landing.now_ms, pause)
    if blame.park is not None and len(lane.parked) >= MAX_PARKED:
        # So many can't be poison: it is the endpoint after all.
        blame = rules.Blame(rules.unreachable(lane.health, events, landing.now_ms, pause))
    lane.health = blame.health
    if blame.park is None:
        lane.give_back(events)
    else:
        _park(lane, blame.park, events, landing)


def _park(lane: Lane, url: str, events: Sequence[LogEvent], landing: Landing) -> None:
    entity = lane.parked.get(url) or parked(url, 0, landing.last_answer)
    first_ms = retry_at(lane.subscription.retry, 0, landing.now_ms, landing.chance)
    entity = replace(entity, retry_at_ms=landing.now_ms if first_ms is None else first_ms)
    lane.park(entity, events)
    if first_ms is None:
        _bury(lane, lane.parked[url].url, events, landing, attempts=1)


def _land_parked(lane: Lane, landing: Landing) -> None:
    events = landing.flight.events
    url = events[0].url
    match landing.response:
        case Acknowledged(failed):
            lane.health = HEALTHY if lane.health.failures else lane.health
            lane.sent += len(events) - len(failed)
            refused = {event.position for event in failed}
            _take_back(lane, url, [e for e in events if e.position not in refused], landing)
            if failed:
                _fail_parked(lane, url, failed, landing)
        case Failed(unreachable=True):
            lane.health = rules.unreachable(
                lane.health, events, landing.now_ms, _pause(lane, landing)
            )
        case Failed():
            _fail_parked(lane, url, events, landing)
        case RetryAfter(pause_ms):
            lane.health = rules.deferred(lane.health, events, landing.now_ms, pause_ms)
        case Gone():
            pass
    lane.schedule()


def _take_back(lane: Lane, url: str, events: Sequence[LogEvent], landing: Landing) -> None:
    """Events of a parked entity that are settled; what is left of it is next."""
    lane.change.take_back += [event.position for event in events]
    entity = lane.parked[url]
    if entity.events <= len(events):
        lane.unpark(url)
    else:
        left = entity.events - len(events)
        lane.reschedule(replace(entity, events=left, failures=0, retry_at_ms=landing.now_ms))


def _fail_parked(lane: Lane, url: str, events: Sequence[LogEvent], landing: Landing) -> None:
    entity = replace(lane.parked[url], answer=landing.last_answer)
    failures = entity.failures + 1
    again_ms = retry_at(lane.subscription.retry, failures, landing.now_ms, landing.chance)
    if again_ms is None:
        _bury(lane, url, events, landing, attempts=failures + 1)
    else:
        lane.reschedule(replace(entity, failures=failures, retry_at_ms=again_ms))


def _bury(
    lane: Lane, url: str, events: Sequence[LogEvent], landing: Landing, *, attempts: int
) -> None:
    flight = landing.flight
    body = last_answer_body(lane.subscription, flight.request, landing.answer)
    lane.change.bury += [DeadLetter(event, attempts, landing.last_answer, body) for event in events]
    _take_back(lane, url, events, landing)


def _pause(lane: Lane, landing: Landing) -> rules.Pause:
    policy = lane.subscription.retry

    def pause_ms(failures: int) -> int:
        return round(
            1000
            * backoff_s(
                failures,
                first_s=policy.first_ms / 1000,
                longest_s=policy.longest_ms / 1000,
                chance=landing.chance,
            )
        )

    return pause_ms


def _give_up_ms(lane: Lane, landing: Landing) -> int:
    own_ms = lane.subscription.retry.give_up_ms
    return landing.give_up_ms if own_ms is None else own_ms
