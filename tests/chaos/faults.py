"""What is wrong with the machine of a process: its clock, its disk, its resolver (faults.c)."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

_NUMBERS = struct.Struct("=3q")


def build(folder: Path) -> Path:
    """The library to preload. Raises RuntimeError where there is no C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise RuntimeError("the chaos needs a C compiler: it preloads a library of its own")
    library, source = folder / "faults.so", Path(__file__).with_suffix(".c")
    options = ["-shared", "-fPIC", "-O2", "-Wall", "-Werror"]
    subprocess.run([compiler, *options, "-o", library, source, "-ldl"], check=True)
    return library


class Faults:
    """The faults of the processes that were started with `environment`; none at first."""

    def __init__(self, library: Path, path: Path) -> None:
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_FAULTS": str(path)}
        path.write_bytes(bytes(_NUMBERS.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _NUMBERS.size)

    def set(
        self,
        *,
        clock_ms: int | None = None,
        disk_full: int | None = None,
        names_hang: int | None = None,
    ) -> None:
        """Change what is given, at once."""
        before = _NUMBERS.unpack(self._shared[:])
        wanted = (clock_ms, disk_full, names_hang)
        values = [old if new is None else new for old, new in zip(before, wanted, strict=True)]
        self._shared[:] = _NUMBERS.pack(*values)

    def close(self) -> None:
        """Give it back."""
        self._shared.close()
