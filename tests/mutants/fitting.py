"""Which tests fit a change: those that run its line, and of the slow ones those of its folder."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage

from tests.mutants.changes import Change
from tests.mutants.copy import Copy

_KIT = "clients/service-kit/src/service_kit"
_KIT_TESTS = "tests/clients/service_kit"
AREAS: Mapping[str, Sequence[str]] = {
    "bids_service/engine": ["tests/bids_service/engine"],
    "bids_service/audit": ["tests/bids_service/audit"],
    "bids_service/commands": ["tests/bids_service/commands", "tests/bids_service/running"],
    "bids_service/storage": ["tests/bids_service/storage", "tests/bids_service/commands"],
    "bus/model": ["tests/bus/model"],
    "bus/delivery": ["tests/bus/delivery"],
    "bus/log": ["tests/bus/log"],
    "bus/storage": ["tests/bus/storage", "tests/bus/subscriptions"],
    "bus/publish": ["tests/bus/publish", "tests/bus/api"],
    "clients/bus-drain/src/bus_drain": ["tests/clients/bus_drain"],
    f"{_KIT}/outbox": [_KIT_TESTS],
    f"{_KIT}/worker": [_KIT_TESTS],
    f"{_KIT}/database": [_KIT_TESTS, "tests/bids_service/storage"],
    f"{_KIT}/dialects": [_KIT_TESTS, "tests/bids_service/storage"],
    f"{_KIT}/group_commit": [_KIT_TESTS],
    f"{_KIT}/idempotency": [_KIT_TESTS, "tests/bids_service/storage"],
    f"{_KIT}/backoff": [_KIT_TESTS],
    f"{_KIT}/notify": [_KIT_TESTS],
}
"""What is changed, and which slow tests are asked when no quick one notices."""
QUICK = ["tests/bids_service", "tests/bus", "tests/clients", "tests/contract"]
_TOOK = re.compile(r"^\s*([\d.]+)s (?:call|setup|teardown)\s+(\S.*)$")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/\S+?\.py::.*?)(?: - .*)?$")


@dataclass(frozen=True)
class Fitting:
    """Which quick tests run a line, and how long each takes."""

    data: coverage.CoverageData
    root: Path
    seconds: Mapping[str, float]

    def quick(self, change: Change) -> list[str]:
        """The tests that run the line; for what runs at import, those that run the module or are
        called like it, as a dataclass's fields are run by code that nobody sees; where nothing runs
        but at import, those of its folder."""
        lines = self.data.contexts_by_lineno(str(self.root / change.path))
        of_line = self._tests(lines.get(change.line, ()))
        everything = (context for contexts in lines.values() for context in contexts)
        near, mirrored = tuple(AREAS[area_of(change)]), f"/test_{Path(change.path).stem}.py::"

        def cost(test: str) -> tuple[bool, bool, float]:
            return mirrored not in test, not test.startswith(near), self.seconds[test]

        called_like_it = {it for it in self.seconds if mirrored in it and it.startswith(near)}
        fitting = of_line or self._tests(everything) | called_like_it
        return sorted(fitting or filter(lambda it: it.startswith(near), self.seconds), key=cost)

    def _tests(self, contexts: Iterable[str]) -> set[str]:
        named = {context.rpartition("|")[0] for context in contexts}
        return {test for test in named if test in self.seconds}


def learn(copy: Copy) -> Fitting:
    """Run the quick tests once, or read what came of it before; what fails fits nothing."""
    data_file, told = copy.beside("coverage"), copy.beside("quick.log")
    if not told.exists():
        # What only runs in processes of its own is left to the slow tests.
        options = ["-m", "not slow", "--cov-context=test", "--cov-report=", "-vv"]
        options += ["--durations=0", "--durations-min=0", *(f"--cov={it}" for it in sources())]
        os.environ["COVERAGE_FILE"] = str(data_file)
        copy.pytest([*options, *QUICK], part := told.with_suffix(".part"))
        part.rename(told)
    seconds: dict[str, float] = defaultdict(float)
    lines = told.read_text().splitlines()
    for took in filter(None, map(_TOOK.match, lines)):
        seconds[took[2]] += float(took[1])
    for failed in filter(None, map(_FAILED.match, lines)):
        seconds.pop(failed[1], None)
    data = coverage.CoverageData(str(data_file))
    data.read()
    return Fitting(data, copy.root, seconds)


def mirrored(root: Path, change: Change) -> list[str]:
    """The test files that are called like the changed one, or the quick tests of its folder."""
    name = f"test_{Path(change.path).stem}.py"
    found = [path.relative_to(root).as_posix() for path in sorted(root.glob(f"tests/**/{name}"))]
    near = tuple(AREAS[area_of(change)])
    ours = [path for path in found if path.startswith(near)]
    return ours or ["-m", "not slow", *near]


def slow(change: Change) -> Sequence[str]:
    """Where the slow tests of a change are."""
    return AREAS[area_of(change)]


def area_of(change: Change) -> str:
    """The part of the code that a change is in."""
    return next(area for area in AREAS if change.path.startswith(area))


def sources() -> set[str]:
    """The folders whose lines are watched."""
    return {area if not area.startswith(_KIT) else _KIT for area in AREAS}


def changeable(root: Path) -> list[Path]:
    """The files that are changed; tables are what migrations made, and say it once more."""
    found = (path for area in AREAS for path in sorted(root.glob(f"{area}*")))
    files = (sorted(path.rglob("*.py")) if path.is_dir() else [path] for path in found)
    return [path for several in files for path in several if path.name != "tables.py"]
