"""Whether there is room in a folder for what is to be written there: a readiness check."""

import os
import threading
from pathlib import Path


def try_to_write(folder: Path, size: int) -> None:
    """Write so many bytes and remove them; raises OSError where that can't be done. Safe to do by
    several threads and processes at once."""
    probe = folder / f".{os.getpid()}-{threading.get_ident()}.probe"
    try:
        probe.write_bytes(bytes(size))
    finally:
        probe.unlink(missing_ok=True)
