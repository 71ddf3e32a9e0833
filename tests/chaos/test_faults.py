"""The preloaded library does to a process what the chaos asks for, and nothing when it doesn't."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.faults import Faults, build
from tests.needs import program

_HOUR_MS = 3_600_000
_LOOK = """
import socket, time
from datetime import datetime
print(int(time.time()), int(datetime.now().timestamp()), int(time.monotonic()))
print(socket.getaddrinfo("one.chaos.test", 80)[0][4][0])
try:
    with open("written", "w") as file:
        file.write("all of it")
    print("written")
except OSError as error:
    print(error.strerror)
"""


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Faults]:
    program("gcc", "cc")
    made = Faults(build(tmp_path), tmp_path / "faults")
    yield made
    made.close()


def look(faults: Faults, folder: Path) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-c", _LOOK],
        cwd=folder,
        env=os.environ | faults.environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return told.stdout.split("\n")


def test_without_a_fault_all_is_as_it_is(faults: Faults, tmp_path: Path) -> None:
    clocks, address, written, _ = look(faults, tmp_path)
    assert int(clocks.split()[0]) == pytest.approx(time.time(), abs=60)
    assert (address, written) == ("127.0.0.1", "written")


@pytest.mark.parametrize("hours", [960, -1])
def test_the_wall_clock_jumps_and_the_steady_clock_does_not(
    faults: Faults, tmp_path: Path, hours: int
) -> None:
    faults.set(clock_ms=hours * _HOUR_MS)
    wall, date, steady = map(int, look(faults, tmp_path)[0].split())
    assert wall - time.time() == pytest.approx(hours * 3600, abs=60)
    assert date - wall <= 1
    assert steady == pytest.approx(time.monotonic(), abs=60)


def test_a_full_disk_takes_nothing_until_there_is_room(faults: Faults, tmp_path: Path) -> None:
    faults.set(disk_full=True, clock_ms=0)
    assert look(faults, tmp_path)[2] == "No space left on device"
    faults.set(disk_full=False)
    assert look(faults, tmp_path)[2] == "written"
