"""One round: start everything, publish, strike, heal, drain, judge."""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from service_kit.errors import HttpFailure

from tests.chaos.engines import Store
from tests.chaos.house import House
from tests.chaos.journal import deliveries
from tests.chaos.judge import Received, Verdict, judge
from tests.chaos.outbox import Announcer
from tests.chaos.plan import LOAD_S, Plan
from tests.chaos.writers import Writer, Written
from tests.waiting import wait_for

_HEAD_START_S = 0.6
_LOAD_AFTER_ALL_S = 0.5
_DRAINED_WITHIN_S = 300
# Every pause of the round's subscriptions is far shorter, and an attempt takes 20 s at most.
_LOOKED_AT_WITHIN_S = 60
_pause = threading.Event()


@dataclass(frozen=True)
class Round:
    """What came of a round."""

    seed: int
    engine: str
    killed: tuple[str, ...]
    troubles: tuple[str, ...]
    verdict: Verdict
    seconds: float

    def line(self) -> str:
        """In a line."""
        return (
            f"seed {self.seed} ({self.engine}): {counts(self.verdict)};"
            f" {', '.join(self.troubles)}; killed {', '.join(self.killed)}; {self.seconds:.1f} s"
        )


def counts(verdict: Verdict) -> str:
    """The counts of a verdict in words."""
    return (
        f"{verdict.acknowledged} acknowledged, {verdict.delivered} delivered,"
        f" {verdict.duplicates} duplicates of which {verdict.unknown} unknown,"
        f" {verdict.dead} dead letters, {verdict.lost} lost, {verdict.asleep} asleep,"
        f" {verdict.out_of_order} out of order,"
        f" {len(verdict.violations)} violations"
    )


def run(plan: Plan, engine: str, store: Store, folder: Path, library: Path) -> Round:
    """Run a round in an empty folder. Raises AssertionError when the house doesn't even start."""
    started = time.monotonic()
    house = House(plan, store, folder, library)
    try:
        house.open()
        written = _load(house)
        asleep, stuck = _drain(house)
        verdict = judge(
            written,
            [
                Received(
                    one.name, one.topics, deliveries(house.journal(one.name)), house.dead(one.name)
                )
                for one in plan.subscribers
            ],
            house.lapses,
        )
        verdict.asleep = len(asleep)
        verdict.violations += [*asleep, *stuck, *_misbehaviour(house)]
    finally:
        house.close()
    seconds = time.monotonic() - started
    return Round(plan.seed, engine, plan.killed, plan.troubles, verdict, seconds)


def _load(house: House) -> list[Written]:
    epoch = time.monotonic() + _HEAD_START_S
    house.subscribe(epoch)
    writers: list[Writer | Announcer] = [
        Writer(plan, house.all_ports["bus"], house.token(plan.topic)) for plan in house.plan.writers
    ]
    if house.outbox is not None:
        writers.append(Announcer(house.outbox, house.plan.seed))
    for writer in writers:
        writer.start()
    try:
        _strike(house, epoch)
        house.wait_until_ready()
        _pause.wait(_LOAD_AFTER_ALL_S)
    finally:
        for writer in writers:
            writer.stop()
    return [writer.written for writer in writers]


def _strike(house: House, epoch: float) -> None:
    chance = random.Random(house.plan.seed)
    for strike in house.plan.strikes:
        _pause.wait(max(0.0, epoch + strike.at_s - time.monotonic()))
        house.strike(strike, chance)
    _pause.wait(max(0.0, epoch + LOAD_S - time.monotonic()))


def _drain(house: House) -> tuple[list[str], list[str]]:
    """Wait until the bus says that nobody waits for anything: a line for each whom nobody has
    looked at for a minute, and for each who still waits."""
    watch = _Watch(house)
    try:
        wait_for(watch.is_over, seconds=_DRAINED_WITHIN_S)
    except AssertionError:
        return [], [f"{name} still waits for {queued}" for name, queued in watch.left.items()]
    return [f"{name} is asleep with {watch.left[name]}" for name in watch.asleep()], []


class _Watch:
    """Who waits for how much, and since when nothing came to them."""

    def __init__(self, house: House) -> None:
        self.left: dict[str, int] = {}
        self._house = house
        self._progress: dict[str, int] = {}
        self._since: dict[str, float] = {}

    def is_over(self) -> bool:
        """Whether nobody waits, or who waits is asleep."""
        try:
            backlog = self._house.backlog()
        except HttpFailure:
            return False
        self.left = {name: queued for name, queued in backlog.items() if queued}
        for name in backlog:
            progress = self._house.progress(name)
            if name not in self.left or progress != self._progress.get(name):
                self._progress[name], self._since[name] = progress, time.monotonic()
        return set(self.left) == set(self.asleep())

    def asleep(self) -> list[str]:
        """Who waits and has got nothing for a minute, taken or not."""
        too_long = time.monotonic() - _LOOKED_AT_WITHIN_S
        return [name for name in self.left if self._since[name] < too_long]


def _misbehaviour(house: House) -> list[str]:
    found = [f"{name} ended by itself" for name in house.commands if not house.runs(name)]
    for one in house.plan.subscribers:
        if said := house.output(one.name):
            found.append(f"{one.name} said: {said}")
    if trapped := house.trapped():
        found.append(f"{trapped} connections followed a redirect")
    return found
