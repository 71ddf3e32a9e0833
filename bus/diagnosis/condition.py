"""A subscription in one word, and since when it is so."""

from collections.abc import Iterable

from bus.diagnosis.answers import is_yes
from bus.model.delivery import Ended, Overview
from bus.model.subscription import State

_BEHIND_MS = 60_000


def condition(one: Overview) -> str:
    """A subscription's state in one word.

    | state    | failures | exceptions   | oldest event that waits | word         |
    |----------|----------|--------------|-------------------------|--------------|
    | disabled |          |              |                         | disabled     |
    | paused   |          |              |                         | paused       |
    | active   | some     |              |                         | failing      |
    | active   | 0        | dead letters |                         | dead letters |
    | active   | 0        | parked       |                         | parked       |
    | active   | 0        | none         | over a minute old       | behind       |
    | active   | 0        | none         | younger                 | busy         |
    | active   | 0        | none         | none                    | idle         |
    """
    if one.subscription.state is not State.ACTIVE:
        return one.subscription.state.value
    if one.health.failures:
        return "failing"
    if one.dead_letters or one.parked:
        return "dead letters" if one.dead_letters else "parked"
    if not one.lag.events:
        return "idle"
    return "behind" if (one.lag.oldest_ms or 0) > _BEHIND_MS else "busy"


def since_ms(one: Overview, ended: Iterable[Ended], aside_ms: int | None, now_ms: int) -> int:
    """Since when it is so.

    | word             | since                                                               |
    |------------------|---------------------------------------------------------------------|
    | paused, disabled | somebody, or the bus, made it so                                    |
    | failing          | the first attempt that failed                                       |
    | dead letters     | `aside_ms`, when the oldest of them that is left was given up       |
    | parked           | `aside_ms`, when the one that is parked for longest was             |
    | behind           | the oldest event that waits was published                           |
    | busy, idle       | it was begun or resumed; or the first that was taken after the last |
    |                  | failure among the attempts that `ended`, newest first; where none   |
    |                  | was yet, that failure                                               |
    """
    word = condition(one)
    if word in {"dead letters", "parked"} and aside_ms is not None:
        return aside_ms
    if word == "behind" and one.lag.oldest_ms is not None:
        return now_ms - one.lag.oldest_ms
    changed_ms = one.subscription.state_since_ms
    if word == "failing":
        return one.health.failing_since_ms or changed_ms
    return changed_ms if word in {"paused", "disabled"} else _well_ms(changed_ms, ended)


def _well_ms(changed_ms: int, ended: Iterable[Ended]) -> int:
    well_ms: int | None = None
    for each in ended:
        if is_yes(each.status, each.error):
            well_ms = each.at_ms
        else:
            return max(changed_ms, well_ms or each.at_ms)
    return changed_ms
