"""Whether a pusher of this machine is dead: known at once, where a lease would have to lapse."""

import contextlib
import fcntl
import os
from pathlib import Path

from service_kit.private import runtime_folder


class ProcessLock:
    """A locked file that lives as long as its process: the kernel unlocks it on any death.

    So who finds the file unlocked knows. Who finds none (another machine, user or container)
    knows nothing, and waits for the lease to lapse; a pid could be somebody else's by then.
    """

    def __init__(self, name: str) -> None:
        self._path = _path(name)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go: nobody needs to know any more."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_dead(name: str) -> bool:
    """Whether it is certain that the process of this name is dead. Forgets it then."""
    try:
        file = os.open(_path(name), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        with contextlib.suppress(FileNotFoundError):  # somebody else was as quick
            _path(name).unlink()
        return True
    finally:
        os.close(file)


def _path(name: str) -> Path:
    return runtime_folder() / f"pusher-{name}"
