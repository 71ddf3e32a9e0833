"""A folder for what the processes of a test run share; it goes with the process that made it."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_NAME = "TESTS_SHARE_IN"
_OWNER = "owner"


def run_folder() -> Path:
    """Made by whoever asks first, for itself and for what it starts."""
    if _NAME not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="gavel-run-"))
        (folder / _OWNER).write_text(str(os.getpid()))
        os.environ[_NAME] = str(folder)
        atexit.register(_remove, folder, os.getpid())
    return Path(os.environ[_NAME])


@cache
def owner() -> int:
    """The process with which it goes."""
    return int((run_folder() / _OWNER).read_text())


def _remove(folder: Path, made_by: int) -> None:
    if os.getpid() == made_by:  # no fork of it
        shutil.rmtree(folder, ignore_errors=True)
