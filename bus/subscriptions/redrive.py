"""Have dead letters delivered again, but for those that a later event has covered.

docs/delivery.md D12 and D20.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bus.errors import NotFound
from bus.model.coalescing import Key, Scan
from bus.model.delivery import DeadLetter
from bus.model.topic_filter import TopicFilter
from bus.storage import Storage

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many dead letters are on their way, and how many were not worth it."""

    redriven: int
    covered: int


def redrive(storage: Storage, subscription_id: int, ids: Collection[int] | None = None) -> Redriven:
    """Send some dead letters of a subscription back, or all. May be repeated.

    One is dropped when a later event of its entity was delivered, will be, or is sent back too:
    who fetches the entity then has seen what it said. Raises NotFound for an id that is none.
    """
    letters = storage.dead_letters.all(subscription_id)
    wanted = _chosen(letters, ids)
    if not wanted:
        return Redriven(0, 0)
    filters = storage.subscriptions.filters(subscription_id)
    left = {one.event.position for one in letters} - {one.event.position for one in wanted}
    last = _last_events(storage, filters, min(one.event.position for one in wanted), left)
    verdicts = {one.id: not is_covered(one, last) for one in wanted}
    storage.dead_letters.redrive(subscription_id, verdicts)
    going = sum(verdicts.values())
    return Redriven(going, len(wanted) - going)


def is_covered(letter: DeadLetter, last: Mapping[Key, int]) -> bool:
    """Whether a later event made it superfluous, as when events are coalesced."""
    event = letter.event
    changed = last.get((event.topic, event.url, False), 0) > event.position
    confirmed = last.get((event.topic, event.url, True), 0) > event.position
    return changed or (event.type == "noop" and confirmed)


def _chosen(letters: Sequence[DeadLetter], ids: Collection[int] | None) -> list[DeadLetter]:
    if ids is None:
        return list(letters)
    chosen = [one for one in letters if one.id in ids]
    if len(chosen) < len(set(ids)):
        raise NotFound("no such dead letter")
    return chosen


def _last_events(
    storage: Storage, filters: Sequence[TopicFilter], after: int, left: Collection[int]
) -> Mapping[Key, int]:
    """Reads the log once, from the oldest letter on: a second for millions of events."""
    scan, end = Scan(after), storage.log.last_position()
    for start in range(after, end, _AT_ONCE):
        found = storage.entity_index.between(start, start + _AT_ONCE)
        scan.add(filters, [one for one in found if one[3] not in left])
    return scan.last
