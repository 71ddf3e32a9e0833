"""`make mutants`: does a test notice when the code is changed? 1 when too few changes are.

`python -m tests.mutants [--count N] [--seed S] [--commit C] [--again FILE] [--quick]`. Works in a
copy of a commit below `var/mutants`, goes on where it was stopped, and leaves a JSON file beside
the copy. A change is shown to the tests that are called like its file first, which cost little;
what they don't notice to the quick ones that run its line, and what is left to the slow ones of its
folder. `--again` tries once more what that file says was not noticed, and learns nothing for it.
"""

import argparse
import json
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.changes import Change, changes_of
from tests.mutants.copy import Copy
from tests.mutants.fitting import AREAS, Fitting, area_of, changeable, learn, mirrored, slow

_BAR = 0.95
_LONGEST_S = 240.0
_LONGEST_TEST_S = 45
# A module that can't be imported any more ends the collection, or Python.
_UNABLE = {
    pytest.ExitCode.INTERNAL_ERROR,
    pytest.ExitCode.INTERRUPTED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
    pytest.ExitCode.USAGE_ERROR,
}
_QUICK_BUDGET_S = 12.0
_EQUIVALENT = Path(__file__).with_name("equivalent.toml")
_STAGES = ("near", "quick", "slow")
Result = dict[str, Any]
_Tests = Callable[[Change], Sequence[str]]


def main(arguments: Sequence[str]) -> int:
    """Try the sample, print a line for each and the table; the exit status."""
    asked = _parser().parse_args(arguments)
    copy = Copy(asked.commit)
    sample = _sample(copy, asked)
    file = copy.beside(f"{asked.count}-{asked.seed}{'-again' if asked.again else ''}.json")
    results: dict[str, Result] = json.loads(file.read_text()) if file.exists() else {}
    print(f"{len(sample)} changes of {copy.commit}, results in {file}", flush=True)
    reasons = {one["name"]: one["reason"] for one in tomllib.loads(_EQUIVALENT.read_text())["it"]}
    for stage, tests in _stages(copy, asked):
        left = [it for it in sample if _is_open(results.get(it.name), stage)]
        began = time.monotonic()
        for number, change in enumerate(left, start=1):
            results[change.name] = _tried(copy, tests(change), change, stage, reasons)
            file.write_text(json.dumps(results, indent=1) + "\n")
            _tell(stage, results[change.name], number, len(left), began)
    share = _table(_settled(results.values(), reasons))
    return int(share < _BAR)


def _stages(copy: Copy, asked: argparse.Namespace) -> Iterator[tuple[str, _Tests]]:
    """What is asked in turn, and which tests for a change."""
    yield "near", lambda change: mirrored(copy.root, change)
    if not asked.again:
        fitting = learn(copy)
        yield "quick", lambda change: _affordable(fitting, fitting.quick(change))
    if not asked.quick:
        yield "slow", lambda change: ["-m", "slow", *slow(change)]


def _sample(copy: Copy, asked: argparse.Namespace) -> list[Change]:
    everything = [
        change
        for path in changeable(copy.root)
        for change in changes_of(path.relative_to(copy.root).as_posix(), path.read_bytes())
    ]
    if asked.again:
        wanted = {
            name
            for name, one in json.loads(Path(asked.again).read_text()).items()
            if one["verdict"] == "survived"
        }
        return [change for change in everything if change.name in wanted]
    count = min(asked.count, len(everything))
    return random.Random(asked.seed).sample(everything, count)


def _is_open(result: Result | None, stage: str) -> bool:
    if result is None:
        return True
    return result["verdict"] == "survived" and _STAGES.index(result["stage"]) < _STAGES.index(stage)


def _tried(
    copy: Copy, tests: Sequence[str], change: Change, stage: str, reasons: dict[str, str]
) -> Result:
    result = {"name": change.name, "line": change.line, "area": area_of(change), "stage": stage}
    if change.name in reasons:
        return result | {"verdict": "equivalent", "reason": reasons[change.name]}
    began = time.monotonic()
    noticed, by = _run(copy, change, tests)
    took = {"seconds": round(time.monotonic() - began, 1), "by": by}
    return result | {"verdict": "noticed" if noticed else "survived"} | took


def _affordable(fitting: Fitting, tests: Sequence[str]) -> list[str]:
    spent, chosen = 0.0, []
    for test in tests:
        spent += fitting.seconds[test]
        if spent > _QUICK_BUDGET_S:
            break
        chosen.append(test)
    return chosen


def _run(copy: Copy, change: Change, tests: Sequence[str]) -> tuple[bool, str]:
    """Whether one of the tests failed, or came to no end, and what was said last."""
    if not tests:
        return False, "no such test runs it"
    told = copy.beside("last.log")
    asked = ["-x", "-q", "-p", "no:randomly", "-o", f"timeout={_LONGEST_TEST_S}", *tests]
    try:
        with copy.changed(change):
            status = copy.pytest(asked, told, seconds=_LONGEST_S)
    except TimeoutError:
        return True, "no end"
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, *_UNABLE}:
        raise RuntimeError(f"pytest ended with {status}: {told}")
    said = [line for line in told.read_text().splitlines() if line.startswith(("FAILED", "ERROR"))]
    noticed = status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    return noticed, said[-1][:200] if said else ""


def _settled(results: Iterable[Result], reasons: dict[str, str]) -> list[Result]:
    """With what was found to be equivalent after it had been tried."""
    return [
        one | {"verdict": "equivalent"}
        if one["verdict"] == "survived" and one["name"] in reasons
        else one
        for one in results
    ]


def _tell(stage: str, result: Result, number: int, total: int, began: float) -> None:
    each = (time.monotonic() - began) / number
    left = f"{each * (total - number) / 60:.0f} min left"
    print(f"{stage} {number}/{total} {result['verdict']}: {result['name']} ({left})", flush=True)


def _table(results: Iterable[Result]) -> float:
    """Print the counts by area and what was not noticed; the share that was."""
    counts = Counter((one["area"], one["verdict"]) for one in results)
    print(f"\n{'':40}{'noticed':>10}{'survived':>10}{'equivalent':>12}")
    for area in (*AREAS, "all"):
        row = [
            sum(it for (a, v), it in counts.items() if v == verdict and area in {a, "all"})
            for verdict in ("noticed", "survived", "equivalent")
        ]
        if any(row):
            print(f"{area:40}{row[0]:10}{row[1]:10}{row[2]:12}")
    for one in results:
        if one["verdict"] == "survived":
            print(f"not noticed: {one['name']} (line {one['line']})")
    share = row[0] / max(1, row[0] + row[1])
    print(f"{share:.1%} of the changes that change behaviour were noticed (bar {_BAR:.0%})")
    return share


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--again", help="a result file")
    parser.add_argument("--quick", action="store_true", help="ask no slow tests")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
