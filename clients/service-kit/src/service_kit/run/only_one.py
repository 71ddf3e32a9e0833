"""One run a folder: two would take each other's subscriptions."""

import fcntl
import os
from pathlib import Path

from service_kit.errors import ConfigError


def lock_folder(folder: Path) -> int:
    """Lock a VAR_DIR until the returned descriptor is closed, or everybody who inherited it has
    ended. Raises ConfigError when another run has it."""
    file = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(file, 20).decode(errors="replace").strip()
        os.close(file)
        raise ConfigError(
            [f"VAR_DIR: process {other} already runs in {folder}; stop it, or set another VAR_DIR"]
        ) from None
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
    return file
