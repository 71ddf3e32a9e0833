"""A subscription's rate limit: a bucket that holds one second's worth of events.

docs/delivery.md D11.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many events the rate limit allows now, and when it allows one more."""

    events: int
    more_at_ms: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many events were allowed at that time; more flow in at `per_s`."""

    per_s: int
    events: float
    at_ms: int


def full(per_s: int, now_ms: int) -> Bucket:
    """A bucket to begin with."""
    return Bucket(per_s, per_s, now_ms)


def allowance(bucket: Bucket, now_ms: int) -> Allowance:
    """How many events may go now.

    | per_s | events in it | ms later | may go | one more after |
    |-------|--------------|----------|--------|----------------|
    | 10    | 10           | 0        | 10     |                |
    | 10    | 0            | 50       | 0      | 50 ms          |
    | 10    | 0            | 350      | 3      | 50 ms          |
    """
    events = _events(bucket, now_ms)
    missing = 1 - (events - int(events))
    return Allowance(int(events), now_ms + max(1, round(missing * 1000 / bucket.per_s)))


def take(bucket: Bucket, events: int, now_ms: int) -> Bucket:
    """The bucket after so many have gone."""
    return Bucket(bucket.per_s, _events(bucket, now_ms) - events, now_ms)


def _events(bucket: Bucket, now_ms: int) -> float:
    flown = max(0, now_ms - bucket.at_ms) * bucket.per_s / 1000
    return min(float(bucket.per_s), bucket.events + flown)


class RateLimit:
    """The bucket of a subscription that has a limit; nothing for one that has none."""

    def __init__(self, per_s: int | None) -> None:
        self._per_s = per_s
        self._bucket: Bucket | None = None

    def allowance(self, now_ms: int) -> Allowance | None:
        """How many events may go now; None: any number."""
        if self._per_s is None:
            return None
        self._bucket = self._bucket or full(self._per_s, now_ms)
        return allowance(self._bucket, now_ms)

    def spend(self, events: int, now_ms: int) -> None:
        """So many have gone."""
        if self._bucket is not None:
            self._bucket = take(self._bucket, events, now_ms)
