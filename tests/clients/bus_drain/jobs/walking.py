"""A service's jobs module, as somebody who uses Walks would write it; a file is the world.

Run as a program it performs jobs. WALKING_FOLDER holds everything; each handled item becomes a
line of `handled`; while the file `hold` names an item, its step stays inside that item.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bus_drain import open_state
from bus_drain.jobs import Step, Walk, Walks, work
from huey import SqliteHuey

from tests.waiting import wait_for

COUNT = 12


def steps(argument: str, cursor: str | None) -> Iterator[Step]:
    for number in range(int(cursor or 0), COUNT):
        following = str(number + 1) if number + 1 < COUNT else None
        yield Step([f"{argument}{number}"], following, COUNT)


def build() -> Walks:
    folder = Path(os.environ["WALKING_FOLDER"])

    def each(items: Sequence[str]) -> None:
        with (folder / "handled").open("a") as handled:
            handled.writelines(f"{item}\n" for item in items)
        hold = folder / "hold"
        wait_for(lambda: not (hold.exists() and hold.read_text() in items), seconds=60)

    huey = SqliteHuey("walking", filename=str(folder / "jobs.sqlite3"), results=False)
    state = open_state(f"sqlite:///{folder}/state.sqlite3")
    return Walks(huey, state, [Walk("count", steps, each)], lapses_after_ms=1_000)


if __name__ == "__main__":
    work(build(), reap_every_s=0.05)
