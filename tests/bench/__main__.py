"""`make bench [ONLY=part]`: measure, print the table, write var/bench.json, exit 1 below a bar."""

import importlib
import sys
from pathlib import Path

import pytest

from tests.bench.rows import Row, table, write

PARTS: dict[str, str] = {
    "bus": "tests.bench.bus",
    "bids": "tests.bench.bids",
    "drain": "tests.bench.drain",
    "mailer": "tests.bench.mailer",
    "auctions": "tests.bench.auctions",
}


def main(only: str) -> int:
    """Measure the parts whose name is `only` (all without), and say whether all bars were met."""
    if only and only not in PARTS:
        print(f"no such part: {only}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in [only] if only else PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        for measure in importlib.import_module(PARTS[name]).MEASUREMENTS:
            try:
                measured = measure()
            except pytest.skip.Exception as skipped:
                print(f"skipped {measure.__name__}: {skipped}", file=sys.stderr, flush=True)
                continue
            rows += measured
            print(table(measured), file=sys.stderr, flush=True)
    print(table(rows))
    write(rows, Path("var/bench.json"))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
