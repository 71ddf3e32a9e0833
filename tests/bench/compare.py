"""`make bench-compare A=commit B=commit [ONLY=words]`: two commits side by side in one run.

Each is checked out beside the other and measured by its own bench, in turns: A B A B. Both run in
this virtual environment, so what they depend on is the same for both.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.__main__ import meant_by
from tests.bench.measuring import TURNS
from tests.bench.processes import ROOT
from tests.bench.rows import Bar, Pair, Row, aligned, spread_of

_SAME = ""


class Side:
    """A commit's measurement, which takes a turn when it is asked."""

    def __init__(self, root: Path, name: str) -> None:
        sources = [root, *sorted((root / "clients").glob("*/src"))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.turns", name],
            cwd=root,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sources))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.bars = [Bar(name, unit, 1, lower) for name, unit, lower in self._heard()]

    def turn(self) -> list[Pair]:
        """A pair for each bar."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return [Pair(*pair) for pair in self._heard()]

    def close(self) -> None:
        """Let it clean up."""
        self._process.communicate(timeout=60)

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise LookupError("this commit doesn't have the measurement, or it failed")
        return json.loads(line)


def main(a: str, b: str, only: str) -> int:
    """Print a table of B beside A; 1 when a row of B is worse by more than its spread."""
    names = [it.name for it in meant_by(only)]
    rows: list[Row] = []
    with ExitStack() as stack:
        try:
            roots = [stack.enter_context(_checked_out(commit)) for commit in (a, b)]
        except LookupError as error:
            print(error, file=sys.stderr)
            return 2
        for number, name in enumerate(names, 1):
            print(f"{number} of {len(names)}: {name}", file=sys.stderr, flush=True)
            try:
                rows += compared(roots, name)
            except LookupError as error:
                print(f"skipped: {error}", file=sys.stderr, flush=True)
    print(table(rows, a, b))
    return 1 if any(verdict(row) == "worse" for row in rows) else 0


def compared(roots: list[Path], name: str) -> list[Row]:
    """Rows whose pairs are B's figure and A's of the same turn. Raises LookupError."""
    with ExitStack() as stack:
        sides = []
        for root in roots:
            sides.append(Side(root, name))
            stack.callback(sides[-1].close)
        turns = [[side.turn() for side in sides] for _ in range(TURNS)]
        known = {bar.name for bar in sides[0].bars}
        places = [it.name for it in sides[0].bars]
        return [
            Row(
                bar,
                tuple(
                    Pair(theirs[place].value, ours[places.index(bar.name)].value)
                    for ours, theirs in turns
                ),
            )
            for place, bar in enumerate(sides[1].bars)
            if bar.name in known
        ]


def verdict(row: Row) -> str:
    """`better` or `worse` where the whole spread says so."""
    low, high = row.spread
    if low <= 1 <= high:
        return _SAME
    return "better" if (high < 1) is row.bar.lower_is_better else "worse"


def table(rows: list[Row], a: str, b: str) -> str:
    """The rows as aligned text."""
    lines: list[tuple[str, ...]] = [("what", a, b, "unit", "ratio", "spread", "")]
    for row in rows:
        ours, theirs = (sorted(column)[len(column) // 2] for column in zip(*row.pairs, strict=True))
        figures = (f"{theirs:,.4g}", f"{ours:,.4g}", row.bar.unit, f"{row.ratio:.3g}")
        lines.append((row.bar.name, *figures, spread_of(row), verdict(row)))
    return aligned(lines, left=(0, 3))


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """A folder with the tree of a commit. Raises LookupError where there is no such commit."""
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        tree = Path(folder, "tree")
        added = _git("worktree", "add", "--detach", str(tree), commit)
        if added.returncode:
            raise LookupError(f"{commit}: {added.stderr.strip().splitlines()[-1]}")
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree)).check_returncode()


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
