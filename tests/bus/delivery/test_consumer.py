"""What is decided when an answer comes, beyond the rules that tests of their own are about."""

import pytest

from bus.delivery.consumer import Flight, Kind, Lane
from bus.delivery.landing import FAILING, Landing, land
from bus.delivery.parked import MAX_PARKED
from bus.delivery.response import Failed, Response
from bus.delivery.wire.http_client import Answer
from bus.delivery.wire.request import Request
from bus.model.delivery import EndpointHealth, LastAnswer, Parked
from bus.model.subscription import RetryPolicy
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

DAY_MS = 86_400_000
REQUEST = Request("https://subscriber.example/events", (), b"")


def landed(lane: Lane, response: Response, now_ms: int = START_MS) -> Lane:
    event = log_event(MAX_PARKED + 1)
    flight = Flight(Kind.BATCH, [event], REQUEST, now_ms, 1)
    answer = Answer(1, 500, None)
    land(lane, Landing(flight, answer, response, now_ms, 5 * DAY_MS, lambda: 1.0))
    return lane


@pytest.mark.parametrize(("own_ms", "after_ms"), [(None, 5 * DAY_MS), (3_600_000, 3_600_000)])
@pytest.mark.parametrize("unreachable", [True, False])
def test_who_fails_for_so_long_is_disabled(
    own_ms: int | None, after_ms: int, unreachable: bool
) -> None:
    failing = EndpointHealth(failures=9, failing_since_ms=START_MS, tried_upto=1)
    patience = RetryPolicy(give_up_ms=own_ms)
    for late_ms, reason in ((after_ms - 1, None), (after_ms, FAILING)):
        lane = Lane(held(health=failing, retry=patience))
        landed(lane, Failed(unreachable), START_MS + late_ms)
        assert (lane.change.disable, lane.is_disabled) == (reason, reason is not None)


@pytest.mark.parametrize(("already", "parks"), [(MAX_PARKED - 1, True), (MAX_PARKED, False)])
def test_so_many_are_no_poison(already: int, parks: bool) -> None:
    proven = EndpointHealth(
        tried_upto=2 * MAX_PARKED, bisect_limit=1
    )  # the attempt before it has passed
    lane = Lane(held(health=proven))
    answer = LastAnswer(500, None, START_MS)
    lane.parked = {str(one): Parked(str(one), 0, START_MS, 1, answer) for one in range(already)}
    landed(lane, Failed())
    assert bool(lane.change.park) is parks
    assert bool(lane.health.failures) is not parks
    assert [event.position for event in lane.pending] == ([] if parks else [MAX_PARKED + 1])
