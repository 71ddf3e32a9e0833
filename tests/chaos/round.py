"""One round: start everything, publish, strike, heal, drain, judge."""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from service_kit.errors import HttpFailure

from tests.chaos.house import House
from tests.chaos.journal import deliveries
from tests.chaos.judge import Received, Verdict, judge
from tests.chaos.plan import LOAD_S, Plan, Strike
from tests.chaos.writers import Writer
from tests.waiting import wait_for

_HEAD_START_S = 0.6
_LOAD_AFTER_ALL_S = 0.5
_DRAINED_WITHIN_S = 120
_pause = threading.Event()


@dataclass(frozen=True)
class Round:
    """What came of a round."""

    seed: int
    killed: tuple[str, ...]
    verdict: Verdict
    seconds: float

    def line(self) -> str:
        """In a line."""
        return (
            f"seed {self.seed}: {counts(self.verdict)};"
            f" killed {', '.join(self.killed)}; {self.seconds:.1f} s"
        )


def counts(verdict: Verdict) -> str:
    """The counts of a verdict in words."""
    return (
        f"{verdict.acknowledged} acknowledged, {verdict.delivered} delivered,"
        f" {verdict.duplicates} duplicates of which {verdict.unknown} unknown,"
        f" {verdict.dead} dead letters, {verdict.lost} lost, {verdict.out_of_order} out of order,"
        f" {len(verdict.violations)} violations"
    )


def run(plan: Plan, database_url: str, folder: Path) -> Round:
    """Run a round in an empty folder. Raises AssertionError when the house doesn't even start."""
    started = time.monotonic()
    house = House(plan, database_url, folder)
    try:
        house.open()
        writers = _load(house)
        stuck = _drain(house)
        verdict = judge(
            [writer.written for writer in writers],
            [
                Received(
                    one.name, one.topics, deliveries(house.journal(one.name)), house.dead(one.name)
                )
                for one in plan.subscribers
            ],
            house.pusher_kills,
        )
        verdict.violations += [*stuck, *_misbehaviour(house)]
    finally:
        house.close()
    return Round(plan.seed, plan.killed, verdict, time.monotonic() - started)


def _load(house: House) -> list[Writer]:
    epoch = time.monotonic() + _HEAD_START_S
    house.subscribe(epoch)
    writers = [
        Writer(plan, house.all_ports["bus"], house.token(plan.topic)) for plan in house.plan.writers
    ]
    for writer in writers:
        writer.start()
    try:
        _strike(house, epoch)
        house.wait_until_ready()
        _pause.wait(_LOAD_AFTER_ALL_S)
    finally:
        for writer in writers:
            writer.stop()
    return writers


def _strike(house: House, epoch: float) -> None:
    chance = random.Random(house.plan.seed)
    for strike in (*house.plan.strikes, Strike(LOAD_S, "", "")):
        _pause.wait(max(0.0, epoch + strike.at_s - time.monotonic()))
        if strike.act:
            house.strike(strike.act, strike.target, chance)


def _drain(house: House) -> list[str]:
    """Wait until the bus says that nobody waits for anything; a line for each that still does."""
    left: dict[str, int] = {}

    def drained() -> bool:
        nonlocal left
        try:
            left = house.backlog()
        except HttpFailure:
            return False
        return not any(left.values())

    try:
        wait_for(drained, seconds=_DRAINED_WITHIN_S)
    except AssertionError:
        return [f"{name} still waits for {queued}" for name, queued in left.items() if queued]
    return []


def _misbehaviour(house: House) -> list[str]:
    found = [f"{name} ended by itself" for name in house.commands if not house.runs(name)]
    for one in house.plan.subscribers:
        if said := house.output(one.name):
            found.append(f"{one.name} said: {said}")
    if trapped := house.trapped():
        found.append(f"{trapped} connections followed a redirect")
    return found
