"""How large a running house is."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.procfile import Processes

_KIB_A_MIB = 1024


@dataclass(frozen=True)
class Size:
    """Of all processes of a house and their children; memory is the proportional set size."""

    processes: int
    threads: int
    memory_mib: float


def size_of(house: Processes) -> Size:
    """The size now; who ends while it is looked at counts as nothing."""
    groups = {house.pid(name) for name in house.commands}
    return _sum(lambda pid: os.getpgid(pid) in groups)


def size_below(pid: int) -> Size:
    """Of a process and all that it has started, now."""
    return _sum(lambda one: pid in _ancestry(one))


def _ancestry(pid: int) -> list[int]:
    """The process, its parent, and so on."""
    found = []
    while pid:
        found.append(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def _sum(is_counted: Callable[[int], bool]) -> Size:
    processes = threads = memory_kib = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if not is_counted(int(folder.name)):
                continue
            rollup = (folder / "smaps_rollup").read_text()
            threads += len(list((folder / "task").iterdir()))
        except (ProcessLookupError, FileNotFoundError):
            continue
        processes += 1
        memory_kib += int(rollup.split("Pss:")[1].split()[0])
    return Size(processes, threads, memory_kib / _KIB_A_MIB)
