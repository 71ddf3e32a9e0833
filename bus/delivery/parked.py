"""Entities that are tried apart from the rest, each on a schedule of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bus.delivery.in_flight import InFlight
from bus.delivery.response import Acknowledged, Failed, Outcome
from bus.model.delivery import DeadLetter, EndpointHealth, LastAnswer, Parked, StateChange
from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy

MAX_PARKED = 1_000


@dataclass(frozen=True, slots=True)
class RetryParked:
    """Read the first events of this parked entity, and try them."""

    url: str


def retry_at(
    policy: RetryPolicy, failures: int, now_ms: int, chance: Callable[[], float]
) -> int | None:
    """When to try an entity again that has failed so often since it was parked; None: give up.

    With the default policy, before jitter (the wait is 50 to 100 % of it). docs/delivery.md D19.

    | failures | 0   | 1    | 2     | 3      | 4   | 5   | 6    | 7    | 8    | 9    | 10   |
    |----------|-----|------|-------|--------|-----|-----|------|------|------|------|------|
    | wait     | 5 s | 30 s | 5 min | 30 min | 2 h | 5 h | 10 h | 14 h | 20 h | 24 h | none |
    """
    if failures >= len(policy.parked_ms):
        return None
    return now_ms + round(policy.parked_ms[failures] * (0.5 + chance() / 2))


class ParkedSchedule:
    """The parked entities of one subscription: when each is tried, and what is not stored yet.

    `change` grows with every act until it is stored. Their events are in the store only.
    """

    def __init__(self, parked: Iterable[Parked], chance: Callable[[], float]) -> None:
        self.change = StateChange()
        self.is_full = False
        self._chance = chance
        self._entities = {each.url: each for each in parked}
        self._in_flight: set[str] = set()
        self._next: tuple[int, str] | None = None
        self._schedule()

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, url: str) -> bool:
        return url in self._entities

    def next_retry_after(self, now_ms: int) -> int | None:
        """When time alone lets the next of them be tried; None: nobody waits for that."""
        return self._next[0] if self._next and self._next[0] > now_ms else None

    def due(
        self,
        health: EndpointHealth,
        now_ms: int,
        waiting: Sequence[LogEvent],
        in_flight: InFlight,
    ) -> RetryParked | None:
        """The entity to try now: the one that has waited longest. Others wait while there are
        `waiting` events, and so does it while a batch with its URL is in flight (D13).

        | the endpoint | others wait | its time has come | tried                   |
        |--------------|-------------|-------------------|-------------------------|
        | is well      | any         | yes               | yes                     |
        | fails        | yes         | yes               | no: they are the probe  |
        | fails        | no          | yes               | yes: it is the probe    |
        """
        if self._next is None or self._next[0] > now_ms or now_ms < health.retry_at_ms:
            return None
        url = self._next[1]
        is_later = (health.failures and waiting) or url in in_flight.urls()
        return None if is_later else RetryParked(url)

    def divert(self, events: Sequence[LogEvent]) -> tuple[list[LogEvent], list[LogEvent]]:
        """Put the events of parked entities aside; returns these, and the rest."""
        diverted = [event for event in events if event.url in self._entities]
        if not diverted:
            return diverted, list(events)
        for url, ours in _by_url(diverted).items():
            self._put_aside(self._entities[url], ours)
        return diverted, [event for event in events if event.url not in self._entities]

    def park(
        self,
        failed: Sequence[LogEvent],
        later: Sequence[LogEvent],
        policy: RetryPolicy,
        outcome: Outcome,
    ) -> None:
        """Put the entities of these events aside, with their later events. docs/delivery.md D19."""
        waiting = _by_url(later)
        for url, events in _by_url(failed).items():
            now_ms = outcome.answer.at_ms
            entity = self._entities.get(url) or Parked(url, 0, now_ms, 0, outcome.answer)
            first_ms = retry_at(policy, 0, now_ms, self._chance)
            entity = replace(entity, retry_at_ms=now_ms if first_ms is None else first_ms)
            self._put_aside(entity, [*events, *waiting.get(url, ())])
            if first_ms is None:
                self._bury(url, events, outcome, attempts=1)
        self._schedule()

    def attempted(self, url: str) -> int:
        """One is in flight; returns the number of this attempt."""
        self._in_flight.add(url)
        self._schedule()
        return self._entities[url].failures + 2  # it failed before it was parked

    def answered(self, events: Sequence[LogEvent], policy: RetryPolicy, outcome: Outcome) -> None:
        """What was in flight of an entity has been answered."""
        url = events[0].url
        self._in_flight.discard(url)
        match outcome.response:
            case Acknowledged(failed):
                refused = {event.position for event in failed}
                settled = [event for event in events if event.position not in refused]
                self._take_back(url, settled, outcome.answer.at_ms)
                if failed:
                    self._fail(url, failed, policy, outcome)
            case Failed(unreachable=False):
                self._fail(url, events, policy, outcome)
        self._schedule()

    def emptied(self, url: str) -> None:
        """Nothing of this entity waits apart any more."""
        del self._entities[url]
        self.change.park.update({url: None})
        self._schedule()

    def redriven(self, url: str, events: int, now_ms: int) -> None:
        """So many dead letters of an entity are stored as parked again."""
        before = self._entities.get(url) or Parked(
            url, 0, now_ms, 0, LastAnswer(None, None, now_ms)
        )
        self._entities[url] = Parked(url, 0, now_ms, before.events + events, before.answer)
        self._schedule()

    def hasten(self, stored: Iterable[Parked]) -> None:
        """Somebody wants those tried sooner whose time in the store is earlier than here."""
        for one in stored:
            ours = self._entities.get(one.url)
            if ours is None or one.url in self.change.park or one.retry_at_ms >= ours.retry_at_ms:
                continue
            self._entities[one.url] = replace(ours, retry_at_ms=one.retry_at_ms)
        self._schedule()

    def stored(self) -> None:
        """The store knows it all."""
        self.change = StateChange()

    def _fail(
        self, url: str, events: Sequence[LogEvent], policy: RetryPolicy, outcome: Outcome
    ) -> None:
        entity = replace(self._entities[url], answer=outcome.answer)
        failures = entity.failures + 1
        again_ms = retry_at(policy, failures, outcome.answer.at_ms, self._chance)
        if again_ms is None:
            self._bury(url, events, outcome, attempts=failures + 1)
        else:
            self._put(replace(entity, failures=failures, retry_at_ms=again_ms))

    def _bury(
        self, url: str, events: Sequence[LogEvent], outcome: Outcome, *, attempts: int
    ) -> None:
        """Give them up (docs/delivery.md D20)."""
        answer = outcome.answer
        dead = [DeadLetter(one, attempts, answer, outcome.body) for one in events]
        self.change.dead_letters.extend(dead)
        self._take_back(url, events, answer.at_ms)

    def _take_back(self, url: str, events: Sequence[LogEvent], now_ms: int) -> None:
        """These need nothing any more; what is left of their entity is next."""
        self.change.take_back.extend(event.position for event in events)
        entity = self._entities[url]
        if entity.events <= len(events):
            self.emptied(url)
        else:
            left = entity.events - len(events)
            self._put(replace(entity, events=left, failures=0, retry_at_ms=now_ms))

    def _put_aside(self, entity: Parked, events: Sequence[LogEvent]) -> None:
        self.change.park_events.extend(events)
        self._put(replace(entity, events=entity.events + len(events)))

    def _put(self, entity: Parked) -> None:
        self._entities[entity.url] = entity
        self.change.park.update({entity.url: entity})

    def _schedule(self) -> None:
        self._next = min(
            (
                (each.retry_at_ms, each.url)
                for each in self._entities.values()
                if each.url not in self._in_flight
            ),
            default=None,
        )
        self.is_full = len(self._entities) >= MAX_PARKED


def _by_url(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    found: dict[str, list[LogEvent]] = {}
    for event in events:
        found.setdefault(event.url, []).append(event)
    return found
