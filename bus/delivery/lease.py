"""When a pusher counts as dead, so that another may take over (docs/delivery.md D22)."""

from collections.abc import Mapping
from dataclasses import dataclass

BEAT_EVERY_MS = 2_000
LAPSES_AFTER_MS = 6_000
_CLOCKS_DIFFER_AT_MOST_MS = 60_000


@dataclass(frozen=True, slots=True)
class Observation:
    """A beat of another pusher, and when we first saw it, by our own steady clock."""

    beat: int
    first_seen_ms: int


def observe(
    before: Mapping[str, Observation], alive: Mapping[str, tuple[int, int]], steady_ms: int
) -> dict[str, Observation]:
    """What we know of the others now: an observation ages while its beat doesn't move."""
    return {
        pusher: before[pusher]
        if pusher in before and before[pusher].beat == beat
        else Observation(beat, steady_ms)
        for pusher, (beat, _) in alive.items()
    }


def lapsed(
    observed: Mapping[str, Observation],
    alive: Mapping[str, tuple[int, int]],
    *,
    steady_ms: int,
    now_ms: int,
) -> frozenset[str]:
    """The pushers that are given up.

    | the beat                                        | given up |
    |-------------------------------------------------|----------|
    | moved within 6 s, by our own steady clock       | no       |
    | has not moved for 6 s while we watched          | yes      |
    | is a minute old by the clocks: nobody was there | yes      |

    Clocks of machines differ, so they only count beyond a minute; a wrong guess costs a repeated
    delivery, never a lost one, because the fence moves.
    """
    return frozenset(
        pusher
        for pusher, (_, seen_at_ms) in alive.items()
        if steady_ms - observed[pusher].first_seen_ms >= LAPSES_AFTER_MS
        or now_ms - seen_at_ms >= _CLOCKS_DIFFER_AT_MOST_MS
    )


def fair_share(subscriptions: int, pushers: int) -> int:
    """The most that one of several live pushers holds.

    | subscriptions | 0 | 1 | 4 | 5 | 5 |
    |---------------|---|---|---|---|---|
    | pushers       | 2 | 2 | 2 | 2 | 1 |
    | share         | 0 | 1 | 2 | 3 | 5 |
    """
    return -(-subscriptions // max(1, pushers))
