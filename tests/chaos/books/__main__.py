"""Kill whoever is between a press and the books; exit 1 when something is lost, or done twice.

`python -m tests.chaos.books [--kills 100] [--seed S] [--engine sqlite|postgresql]`: prints each
kill, how often who was killed at which arrow, and what it came to.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.books.deals import STORIES
from tests.chaos.books.run import VICTIMS, run


def main(arguments: Sequence[str]) -> int:
    """One run; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.books")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gavel-chaos-") as folder:
        verdict = run(
            Path(folder), kills=asked.kills, seed=asked.seed, engine=asked.engine, told=print
        )
    print(table(verdict.kills))
    print(f"seed {asked.seed}, {asked.engine}")
    print("\n".join(verdict.said))
    print("\n".join(verdict.violations) or "ok")
    return int(bool(verdict.violations))


def table(kills: Counter[tuple[str, str]]) -> str:
    """How often each process was killed at each arrow, as Markdown."""
    arrows = list(dict.fromkeys(arrow.name for story in STORIES for arrow in story.arrows))
    lines = ["| arrow | " + " | ".join(VICTIMS) + " |", "|---" * (len(VICTIMS) + 1) + "|"]
    for arrow in arrows:
        counts = (str(kills[arrow, victim] or "") for victim in VICTIMS)
        lines.append(f"| {arrow} | " + " | ".join(counts) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
