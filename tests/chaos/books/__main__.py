"""Kill whoever is between a press and the books; exit 1 when something is lost, or done twice.

`python -m tests.chaos.books [--each 100] [--minutes M] [--seed S] [--engine sqlite|postgresql]`:
goes on until each arrow has had so many kills while it was in somebody's hand, or for so long;
prints each round, how often who was killed at which arrow, and what it came to: of a mail that is
missing where it is, and of a red run where its data is.
"""

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from math import inf
from pathlib import Path

from tests.chaos.books.run import ARROWS, VICTIMS, run
from tests.ram_disk import ram_disk
from tests.told_to_end import clear_away_when_told, removed_when_told_to_end


def main(arguments: Sequence[str]) -> int:
    """One run; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.books")
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=inf, help="judge after so long at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(arguments)
    clear_away_when_told()
    folder = Path(tempfile.mkdtemp(prefix="gavel-chaos-", dir=ram_disk()))
    with removed_when_told_to_end(folder):
        verdict = run(
            folder,
            each=asked.each,
            most_s=60 * asked.minutes,
            seed=asked.seed,
            engine=asked.engine,
            told=_tell,
        )
    print(table(verdict.kills))
    print(f"{verdict.rounds} rounds, seed {asked.seed}, {asked.engine}")
    print("\n".join(verdict.said))
    print("\n".join(verdict.violations) or "ok")
    if verdict.violations:
        print(f"logs, and databases where they are SQLite's: {folder}")
    else:
        shutil.rmtree(folder)
    return int(bool(verdict.violations))


def table(kills: Counter[tuple[str, str]]) -> str:
    """How often each process was killed at each arrow, as Markdown."""
    lines = ["| arrow | " + " | ".join((*VICTIMS, "all")) + " |", "|---" * (len(VICTIMS) + 2) + "|"]
    for arrow in ARROWS:
        here = [kills[arrow, victim] for victim in VICTIMS]
        counts = (str(count or "") for count in (*here, sum(here)))
        lines.append(f"| {arrow} | " + " | ".join(counts) + " |")
    return "\n".join(lines)


def _tell(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
