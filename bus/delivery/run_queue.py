"""Who is due: subscriptions that have something to do now, or will at a known time."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable

_AT_ONCE = 8


class RunQueue:
    """Ids of subscriptions that are to be looked at: when they have news, or at a set time.

    Whoever was looked at is due no more until woken again; a look that fails, as when the store is
    away, gives back whom it was at and all who were to come. Ids of subscriptions that are not
    held any more may come out once.
    """

    def __init__(self) -> None:
        self._awake: dict[int, None] = {}  # in order of waking, so that none is passed over
        self._until_ms: dict[int, int] = {}
        self._timers: list[tuple[int, int]] = []

    def wake(self, subscription_id: int) -> None:
        """Look at it in the next round."""
        self._awake[subscription_id] = None

    def sleep(self, subscription_id: int, until_ms: int) -> None:
        """Look at it again at `until_ms`, or when it has news."""
        if self._until_ms.get(subscription_id) != until_ms:
            self._until_ms[subscription_id] = until_ms
            heapq.heappush(self._timers, (until_ms, subscription_id))

    def look_at_due(self, now_ms: int, look: Callable[[int], None]) -> None:
        """Look at each who is due now, once.

        Of very many only some, so that in between there is time for answers and news: half of
        them those that woke last, which a crowd that woke together doesn't delay, and half those
        that have waited longest.
        """
        while self._timers and self._timers[0][0] <= now_ms:
            until_ms, subscription_id = heapq.heappop(self._timers)
            if self._until_ms.get(subscription_id) == until_ms:
                del self._until_ms[subscription_id]
                self.wake(subscription_id)
        due = deque(self._some_awake())
        try:
            while due:
                look(due[0])
                due.popleft()
        finally:
            due.rotate(-1)  # the others first, should it fail again
            for subscription_id in due:
                self.wake(subscription_id)

    def next_due_ms(self) -> int | None:
        """When the next is to be looked at (0: now); None when nothing is known to come."""
        if self._awake:
            return 0
        return self._timers[0][0] if self._timers else None

    def _some_awake(self) -> Iterable[int]:
        if len(self._awake) <= _AT_ONCE:
            awake, self._awake = self._awake, {}
            return awake
        everyone = list(self._awake)
        half = _AT_ONCE // 2
        some = everyone[: -half - 1 : -1] + everyone[:half]
        for subscription_id in some:
            del self._awake[subscription_id]
        return some
