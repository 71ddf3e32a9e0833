"""`make bench [ONLY=words]`: measure, print the table, keep it as JSON; 1 where a bar is missed.

A bar is missed where the spread of the turns doesn't reach it (`tests.bench.rows`). Without `ONLY`
what people wait for is measured, in a quarter of an hour; `ONLY=all` is everything, which takes
twice as long.
"""

import importlib
import json
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest

from tests.bench.measuring import Measurement
from tests.bench.processes import ROOT
from tests.bench.rows import Bar, Row, table

PARTS = ("bus", "bids", "drain", "mailer", "auctions", "growth")
KEPT = Path("var/bench")
ALL = "all"
_NEAR = 5
WAITED_FOR = (
    "bus.single_events.",
    "bus.one_connection.",
    "bus.slow_disks",
    "bus.receipts.",
    "bus.drains.",
    "bids.hot_auction.",
    "bids.long_history.",
    "mailer.sending",
    "auctions.pages.",
    "auctions.statements",
    "growth.",
)
"""How the names of those begin that are measured when nothing is named."""


def main(only: str) -> int:
    """Measure what `only` names, and say whether no bar was missed and nothing failed."""
    meant = meant_by(only)
    if not meant:
        print("\n  ".join([f"nothing is called {only}; there are", *near(only)]), file=sys.stderr)
        return 2
    rows: list[Row] = []
    took_s: dict[str, float] = {}
    failed: list[str] = []
    usual_s = _took_last_time()
    for number, measurement in enumerate(meant):
        left_s = sum(usual_s.get(it.name, 30.0) for it in meant[number:])
        head = f"{number + 1} of {len(meant)}, about {left_s / 60:.0f} min left: {measurement.name}"
        began_s = time.monotonic()
        try:
            measured = measurement.measured(_progress(head, measurement.turns))
        except pytest.skip.Exception as skipped:
            failed.append(f"{measurement.name}, not measured: {skipped}")
            continue
        except Exception:  # noqa: BLE001 - the others are measured all the same
            traceback.print_exc()
            failed.append(measurement.name)
            continue
        took_s[measurement.name] = time.monotonic() - began_s
        rows += measured
        print(f"\n{table(measured)}", file=sys.stderr, flush=True)
    print(table(rows))
    print(f"kept as {_keep(rows, took_s)}")
    for name in failed:
        print(f"failed: {name}")
    return 1 if failed or any(row.verdict == "SHORT" for row in rows) else 0


def meant_by(only: str) -> list[Measurement]:
    """Those that `ONLY=…` names."""
    if not only:
        return [it for it in measurements() if it.name.startswith(WAITED_FOR)]
    return [it for it in measurements() if only == ALL or it.is_meant_by(only)]


def near(only: str) -> list[str]:
    """The names that `ONLY=…` may mean, misspelt; all of them where none is near."""
    everything = list(measurements())
    of_word = {word: one.name for one in everything for bar in one.bars for word in _words(bar)}
    of_word |= {part: one.name for one in everything for part in one.name.split(".")}
    of_word |= {one.name.rpartition(".")[0]: one.name for one in everything}
    of_word |= {one.name: one.name for one in everything}
    found = [of_word[word] for word in get_close_matches(only, of_word, _NEAR)]
    return list(dict.fromkeys(found)) or [one.name for one in everything]


def _words(bar: Bar) -> list[str]:
    return re.findall(r"[a-z_]{4,}", bar.name)


def measurements() -> Iterator[Measurement]:
    """Of all parts."""
    for part in PARTS:
        yield from importlib.import_module(f"tests.bench.{part}").MEASUREMENTS


def commit() -> str:
    """What is measured, as Git names it; with a + where something isn't committed."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _progress(head: str, turns: int) -> Any:
    """Shows what is being measured, and the turns that are done: on a terminal in one line."""
    again = "\r" if sys.stderr.isatty() else "\n"

    def show(done: int) -> None:
        print(f"{again}{head}, {done} of {turns}", end="", file=sys.stderr, flush=True)

    show(0)
    return show if sys.stderr.isatty() else lambda _: None


def _keep(rows: list[Row], took_s: dict[str, float]) -> Path:
    now = datetime.now(UTC)
    file = KEPT / f"{now:%Y-%m-%dT%H%M%SZ}-{commit()}.json"
    kept = {
        "commit": commit(),
        "at": now.isoformat(timespec="seconds"),
        "rows": [row.to_json() for row in rows],
        "took_s": took_s,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=1) + "\n")
    return file


def _took_last_time() -> dict[str, float]:
    """Seconds a measurement, as they were kept; the newest counts."""
    took: dict[str, float] = {}
    for file in sorted(KEPT.glob("*.json")):
        took |= json.loads(file.read_text())["took_s"]
    return took


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
