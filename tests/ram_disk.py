"""Where files are in memory: tests commit by the thousand, and who kills their processes doesn't
cut the machine's power."""

import os
import shutil

_RAM_DISK = "/dev/shm"
_ROOM_FOR_A_RUN = 2 * 1024**3


def ram_disk() -> str | None:
    """A folder with room for a run; None where there is none, or TMPDIR says another."""
    if "TMPDIR" in os.environ or not os.path.isdir(_RAM_DISK):
        return None
    if shutil.disk_usage(_RAM_DISK).free < _ROOM_FOR_A_RUN:
        return None
    return _RAM_DISK
