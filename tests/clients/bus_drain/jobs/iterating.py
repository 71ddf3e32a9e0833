"""A service's jobs module, as somebody who uses Iterations would write it; a file is the world.

Run as a program it performs jobs. ITERATING_FOLDER holds everything; each handled item becomes a
line of `handled`; while the file `hold` names an item, its step stays inside that item.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bus_drain import open_state
from bus_drain.jobs import Iteration, Iterations, Step, work
from huey import SqliteHuey

from tests.waiting import wait_for

COUNT = 12


def steps(argument: str, cursor: str | None) -> Iterator[Step]:
    for number in range(int(cursor or 0), COUNT):
        following = str(number + 1) if number + 1 < COUNT else None
        yield Step([f"{argument}{number}"], following, COUNT)


def build() -> Iterations:
    folder = Path(os.environ["ITERATING_FOLDER"])

    def each(items: Sequence[str]) -> None:
        with (folder / "handled").open("a") as handled:
            handled.writelines(f"{item}\n" for item in items)
        hold = folder / "hold"
        wait_for(lambda: not (hold.exists() and hold.read_text() in items), seconds=60)

    huey = SqliteHuey("iterating", filename=str(folder / "jobs.sqlite3"), results=False)
    state = open_state(f"sqlite:///{folder}/state.sqlite3")
    return Iterations(huey, state, [Iteration("count", steps, each)], lapses_after_ms=1_000)


if __name__ == "__main__":
    work(build(), reap_every_s=0.05)
