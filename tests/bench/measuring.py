"""What the bench measures: two sides in short turns, so that both have the same machine.

A machine drifts by a third within minutes; what lies side by side within seconds does not.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from tests.bench.rows import Bar, Pair, Row

TURNS = 7
TURN_S = 1
Turns = Generator[tuple[Pair, ...], None, None]


@dataclass(frozen=True)
class Measurement:
    """Something with its own set-up, which gives a row for each of its bars.

    `take_turns` sets up, then yields a pair for each bar, in their order, for as long as it is
    asked; closed, it cleans up.
    """

    name: str
    bars: tuple[Bar, ...]
    take_turns: Callable[[], Turns]
    turns: int = TURNS

    def is_meant_by(self, only: str) -> bool:
        """Whether `ONLY=…` names it: itself, how its name begins, or words of one of its rows."""
        return self.name.startswith(only) or any(only in bar.name for bar in self.bars)

    def measured(self, on_turn: Callable[[int], object] = lambda _: None) -> list[Row]:
        """Its rows; `on_turn` hears of each turn that is done."""
        turns: list[tuple[Pair, ...]] = []
        with closing(self.take_turns()) as running:
            for turn in islice(running, self.turns):
                turns.append(turn)
                on_turn(len(turns))
        columns = zip(*turns, strict=True)
        return [Row(bar, pairs) for bar, pairs in zip(self.bars, columns, strict=True)]


def measures(*bars: Bar, turns: int = TURNS) -> Callable[[Callable[[], Turns]], Measurement]:
    """Make a measurement of a generator of turns; both are named alike."""

    def made(take_turns: Callable[[], Turns]) -> Measurement:
        return Measurement(_named(take_turns), bars, take_turns, turns)

    return made


def measures_each(
    cases: Mapping[str, Any], bars: Callable[[str], tuple[Bar, ...]], turns: int = TURNS
) -> Callable[[Callable[[Any], Turns]], list[Measurement]]:
    """The same for each case, such as an engine, whose value the generator gets."""

    def made(take_turns: Callable[[Any], Turns]) -> list[Measurement]:
        return [
            Measurement(
                f"{_named(take_turns)}.{case.lower().replace(' ', '_')}",
                bars(case),
                partial(take_turns, value),
                turns,
            )
            for case, value in cases.items()
        ]

    return made


def _named(take_turns: Callable[..., Turns]) -> str:
    part = take_turns.__module__.rpartition(".")[2].partition("_")[0]
    return f"{part}.{take_turns.__name__}"
