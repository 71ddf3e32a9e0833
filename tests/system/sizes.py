"""How large a running house is."""

import os
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
    processes = threads = memory_kib = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) not in groups:
                continue
            rollup = (folder / "smaps_rollup").read_text()
            threads += len(list((folder / "task").iterdir()))
        except (ProcessLookupError, FileNotFoundError):
            continue
        processes += 1
        memory_kib += int(rollup.split("Pss:")[1].split()[0])
    return Size(processes, threads, memory_kib / _KIB_A_MIB)
