"""What is kept from the other users of a machine: every file, and the folder where processes meet.

Databases hold hashes and maxima, logs addresses, mails everything; and who may read a database's
-shm file can lock it and so stop all writing.
"""

import os
import stat
from pathlib import Path

from service_kit.errors import ConfigError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_files_private() -> None:
    """From now on nobody but this user (and root) reads what this process and its children make.
    What a process calls before it makes any."""
    os.umask(_OTHERS)


def runtime_folder() -> Path:
    """The folder of this user on this machine for sockets and locks, made if need be.

    Its name is known to everybody, in a folder where everybody may make one first. Raises
    ConfigError for one that isn't this user's: who can write there can pretend that a process is
    dead, or take its notifications.
    """
    # Not tempfile's: that asks by writing, and who starts beside a full disk shall start.
    shared = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - what is in it is looked at below
    folder = Path(shared) / f"gavel-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise ConfigError([f"{folder} is somebody else's: remove it, or set TMPDIR"])
        if found.st_mode & _OTHERS:
            folder.chmod(0o700)
    except OSError as error:
        raise ConfigError([f"{folder}: {error.strerror}"]) from error
    return folder
