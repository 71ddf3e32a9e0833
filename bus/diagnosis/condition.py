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


def since_ms(one: Overview, ended: Iterable[Ended]) -> int:
    """Since when it is paused, disabled or failing; else since when it is well: since it was begun
    or resumed, or the first that was taken after the last failure among the attempts that `ended`,
    newest first; where none was yet, since that failure."""
    changed_ms = one.subscription.state_since_ms
    if one.subscription.state is not State.ACTIVE:
        return changed_ms
    if one.health.failures:
        return one.health.failing_since_ms or changed_ms
    well_ms: int | None = None
    for each in ended:
        if is_yes(each.status, each.error):
            well_ms = each.at_ms
        else:
            return max(changed_ms, well_ms or each.at_ms)
    return changed_ms
