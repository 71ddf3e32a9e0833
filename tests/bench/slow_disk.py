"""A disk whose fsync takes a millisecond: a shim, compiled when it is needed."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.needs import program


@contextmanager
def slow_disk() -> Iterator[str]:
    """The value of LD_PRELOAD. Skips the measurement when there is no C compiler."""
    compiler = program("gcc", "cc")
    with tempfile.TemporaryDirectory(prefix="gavel-shim-") as folder:
        shim = Path(folder, "slow_disk.so")
        source = Path(__file__).with_suffix(".c")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O2", "-o", shim, source, "-ldl"], check=True
        )
        yield str(shim)
