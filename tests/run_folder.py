"""A folder for what the processes of a test run share; it goes with the process that made it."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_NAME = "TESTS_SHARE_IN"
_OWNER, _TREE = "owner", "tree"
_OURS = str(Path(__file__).parents[1])


def run_folder() -> Path:
    """Made by whoever asks first, for itself and for what it starts of the same code."""
    known = Path(os.environ.get(_NAME, os.devnull))
    if not _is_ours(known):
        known = Path(tempfile.mkdtemp(prefix="gavel-run-"))
        (known / _OWNER).write_text(str(os.getpid()))
        (known / _TREE).write_text(_OURS)
        os.environ[_NAME] = str(known)
        atexit.register(close)
    return known


@cache
def owner() -> int:
    """The process with which it goes."""
    return int((run_folder() / _OWNER).read_text())


def close() -> None:
    """Remove it, if it is this process's."""
    known = Path(os.environ.get(_NAME, os.devnull))
    if _is_ours(known) and (known / _OWNER).read_text() == str(os.getpid()):
        shutil.rmtree(known, ignore_errors=True)
        del os.environ[_NAME]
        owner.cache_clear()


def _is_ours(folder: Path) -> bool:
    """Not of another checkout that runs within this one's tests, and not left from an old run."""
    tree = folder / _TREE
    return tree.exists() and tree.read_text() == _OURS
