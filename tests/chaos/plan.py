"""What happens in a round: drawn from a seed before anything starts, so that it can be repeated."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

# Publishers publish for 5 s, endpoints misbehave for 8. A pusher dies in between, so that it leaves
# enough behind it, and who takes over (at once, or 6 to 8 s later from another machine) still meets
# some of the bad moods.
LOAD_S = 5.0
HEALED_AT_S = 8.0
_APART = 0.5
_PUSHER_DIES_S = (1.5, 3.5)
_OTHERS_DIE_S = (0.1, LOAD_S)
_DEAD_FOR_S = (0.05, 0.8)
TOPICS = ("apples", "books", "coins")
WRITERS_A_TOPIC = 2
URLS_A_TOPIC = 12
SUBSCRIBERS = 5
WELL = "well"
BAD_MOODS = (
    "slow",
    "broken",
    "overloaded",
    "redirecting",
    "hanging",
    "dropping_in_head",
    "dropping_in_body",
    "endless",
    "bombing",
    "dripping",
    "refusing",
    "poisoned",
    "picky",
    "packed",
    "unreadable",
)
DAY_MS = 24 * 3600 * 1000
NAMES_HANG = "names hang"
POISON_ROWS = "poison rows in an outbox"
HANGING = 40
"""How many subscriptions have a name that hangs, where names hang."""
_TROUBLE_BEGINS_S = (0.3, 3.0)
_TROUBLE_LASTS_S = (1.0, 3.0)


@dataclass(frozen=True)
class Spell:
    """From `at_s` on, an endpoint is in this mood."""

    at_s: float
    mood: str


@dataclass(frozen=True)
class SubscriberPlan:
    """A subscription, and the moods of its endpoint; well before the first and in the last."""

    name: str
    topics: tuple[str, ...]
    max_events: int
    timeout_ms: int | None
    concurrency: int
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class WriterPlan:
    """One connection that publishes to one topic, a call at a time; `seed` draws its calls."""

    name: str
    topic: str
    seed: int


@dataclass(frozen=True)
class Strike:
    """At `at_s`, kill or start a process; `bus_worker` is one of gunicorn's children.

    Or one of the faults of strikes.py: of `target`, or of everybody when that is empty.
    """

    at_s: float
    act: str
    target: str = ""
    amount: int = 0


@dataclass(frozen=True)
class Plan:
    """A round. `apart`: its pushers know of each other what pushers on several machines do.

    `troubles` are the names of what goes wrong beside the kills.
    """

    seed: int
    apart: bool
    pushers: tuple[str, ...]
    subscribers: tuple[SubscriberPlan, ...]
    writers: tuple[WriterPlan, ...]
    strikes: tuple[Strike, ...]
    troubles: tuple[str, ...] = ()

    @property
    def killed(self) -> tuple[str, ...]:
        """Who is killed, in order."""
        return tuple(strike.target for strike in self.strikes if strike.act == "kill")


_Trouble = Callable[[random.Random, Sequence[str]], Iterator[Strike]]


def draw(seed: int) -> Plan:
    """The round of this seed."""
    chance = random.Random(seed)
    pushers = tuple(f"pusher_{number}" for number in range(1, chance.randint(1, 3) + 1))
    subscribers = tuple(_subscriber(chance, number) for number in range(1, SUBSCRIBERS + 1))
    writers = tuple(
        WriterPlan(f"{topic}_{number}", topic, chance.randrange(2**32))
        for topic in TOPICS
        for number in range(WRITERS_A_TOPIC)
    )
    names = [subscriber.name for subscriber in subscribers]
    strikes = _strikes(chance, pushers, names)
    apart = chance.random() < _APART
    troubles = tuple(chance.sample(sorted(_TROUBLES), 2))
    faults = [strike for name in troubles for strike in _TROUBLES[name](chance, pushers)]
    in_order = sorted((*strikes, *faults), key=lambda strike: strike.at_s)
    return Plan(seed, apart, pushers, subscribers, writers, tuple(in_order), troubles)


def _subscriber(chance: random.Random, number: int) -> SubscriberPlan:
    return SubscriberPlan(
        name=f"subscriber_{number}",
        topics=tuple(sorted(chance.sample(TOPICS, chance.randint(1, len(TOPICS))))),
        max_events=chance.choice((2, 10, 100)),
        timeout_ms=chance.choice((None, None, 0, 50)),
        concurrency=chance.choice((1, 1, 4)),
        spells=_spells(chance) if number > 1 else (Spell(HEALED_AT_S, WELL),),
    )


def _spells(chance: random.Random) -> tuple[Spell, ...]:
    changes = sorted(chance.uniform(0, HEALED_AT_S) for _ in range(chance.randint(1, 5)))
    moods = [chance.choice((WELL, *BAD_MOODS, *BAD_MOODS)) for _ in changes]
    return (*map(Spell, changes, moods), Spell(HEALED_AT_S, WELL))


def _strikes(
    chance: random.Random, pushers: Sequence[str], subscribers: Sequence[str]
) -> tuple[Strike, ...]:
    """A pusher and two to three more; each but a worker, which gunicorn replaces, comes back."""
    others = [chance.choice(("bus", "bus_worker")), *chance.sample(subscribers, 2)]
    strikes = [
        *_death(chance, chance.choice(pushers), _PUSHER_DIES_S),
        *(
            strike
            for victim in chance.sample(others, chance.randint(2, len(others)))
            for strike in _death(chance, victim, _OTHERS_DIE_S)
        ),
    ]
    return tuple(strikes)


def _death(chance: random.Random, victim: str, between_s: tuple[float, float]) -> Iterator[Strike]:
    at_s = chance.uniform(*between_s)
    yield Strike(at_s, "kill", victim)
    if victim != "bus_worker":
        yield Strike(at_s + chance.uniform(*_DEAD_FOR_S), "start", victim)


def _while(chance: random.Random, begin: Strike, end: Strike) -> Iterator[Strike]:
    """A fault for a while; the strikes' own times come after its beginning and its end."""
    at_s = chance.uniform(*_TROUBLE_BEGINS_S)
    yield replace(begin, at_s=at_s + begin.at_s)
    yield replace(end, at_s=at_s + end.at_s + chance.uniform(*_TROUBLE_LASTS_S))


def _clock(ms: int) -> _Trouble:
    def jump(chance: random.Random, _pushers: Sequence[str]) -> Iterator[Strike]:
        return _while(chance, Strike(0, "clock_ms", amount=ms), Strike(0, "clock_ms"))

    return jump


def _clocks_apart(chance: random.Random, pushers: Sequence[str]) -> Iterator[Strike]:
    """Of one machine, to the end."""
    yield Strike(chance.uniform(*_TROUBLE_BEGINS_S), "clock_ms", chance.choice(pushers), 90_000)


def _database_away(chance: random.Random, _pushers: Sequence[str]) -> Iterator[Strike]:
    return _while(chance, Strike(0, "away"), Strike(0, "back"))


def _started_without(chance: random.Random, pushers: Sequence[str]) -> Iterator[Strike]:
    """A process starts while the database is away."""
    victim = chance.choice((*pushers, "bus"))
    yield from (away := list(_database_away(chance, pushers)))
    yield Strike(away[0].at_s + 0.1, "kill", victim)
    yield Strike(away[0].at_s + 0.3, "start", victim)


def _disk_full(chance: random.Random, _pushers: Sequence[str]) -> Iterator[Strike]:
    return _while(chance, Strike(0, "disk_full", amount=1), Strike(0, "disk_full"))


def _names_hang(chance: random.Random, _pushers: Sequence[str]) -> Iterator[Strike]:
    """To the end: what is delivered must not wait for them."""
    yield Strike(chance.uniform(*_TROUBLE_BEGINS_S), "names_hang", amount=1)


def _poison_rows(_chance: random.Random, _pushers: Sequence[str]) -> Iterator[Strike]:
    """From the start: an outbox holds what the bus will never take (outbox.py)."""
    return iter(())


_TROUBLES: dict[str, _Trouble] = {
    "clock forward": _clock(40 * DAY_MS),
    "clock back": _clock(-DAY_MS // 24),
    "clocks apart": _clocks_apart,
    "database away": _database_away,
    "started without database": _started_without,
    "disk full": _disk_full,
    NAMES_HANG: _names_hang,
    POISON_ROWS: _poison_rows,
}
