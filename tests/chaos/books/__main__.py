"""Kill whoever is between a buyer's payment and the books; exit 1 when the two differ afterwards.

`python -m tests.chaos.books [--kills 100] [--seed S]`: prints each kill, and what it came to.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.books.run import run


def main(arguments: Sequence[str]) -> int:
    """One run; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.books")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gavel-chaos-") as folder:
        verdict = run(Path(folder), kills=asked.kills, seed=asked.seed, told=print)
    print(f"seed {asked.seed}: {dict(verdict.kills)} killed; payments {dict(verdict.ended)}")
    print(verdict.journals)
    print("\n".join(verdict.violations) or "ok")
    return int(bool(verdict.violations))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
