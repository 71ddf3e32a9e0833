"""A subscription as it stands in all logs together: pure (docs/delivery.md D38)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bus.model.delivery import Lag, LastAnswer, Overview
from bus.model.subscription import State


def summed(each: Sequence[Overview]) -> Overview:
    """One subscription as it stands in each log, that at home first: what waits and was sent adds
    up, the oldest is that of all, and so are the endpoint that fares worst and the last answer.
    Settings and cursor are those at home."""
    home = each[0]
    return replace(
        home,
        health=max((one.health for one in each), key=lambda health: health.failures),
        lag=Lag(sum(one.lag.events for one in each), _oldest(one.lag.oldest_ms for one in each)),
        sent=sum(one.sent for one in each),
        answer=_last(one.answer for one in each),
        parked=sum(one.parked for one in each),
        parked_oldest_ms=_oldest(one.parked_oldest_ms for one in each),
        dead_letters=sum(one.dead_letters for one in each),
    )


def urgency(one: Overview) -> tuple[object, ...]:
    """What those come first by that need somebody most: disabled, failing, with dead letters or
    parked events, then with the most that waits."""
    state = one.subscription.state
    return (
        state is not State.DISABLED,
        not (state is State.ACTIVE and one.health.failures),
        not one.dead_letters,
        not one.parked,
        -one.lag.events,
    )


def _oldest(ages_ms: Iterable[int | None]) -> int | None:
    return max((age for age in ages_ms if age is not None), default=None)


def _last(answers: Iterable[LastAnswer | None]) -> LastAnswer | None:
    return max((one for one in answers if one), key=lambda answer: answer.at_ms, default=None)
