"""Settings that name a place on a disk: what can never be there is refused before anything runs."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# An outage, which ends: who starts meanwhile says that it isn't ready, and works afterwards.
_AWAY = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ETIMEDOUT}


def folder(text: str) -> Path:
    """A `parse` of a folder that is there, or can be made with those above it. Makes none. Raises
    ValueError."""
    path = _path(text)
    _refuse_unless_possible(path)
    return path


def check_file(text: str) -> None:
    """The same for a file. Raises ValueError."""
    path = _path(text)
    with _explained(path):
        if path.is_dir():
            raise ValueError(f"{text} is a folder, and no file")
    _refuse_unless_possible(path.parent)


def _path(text: str) -> Path:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be a path, without spaces around it")
    return Path(text)


def _refuse_unless_possible(path: Path) -> None:
    with _explained(path), tempfile.TemporaryFile(dir=_nearest(path.absolute())):
        return


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _AWAY:
            raise ValueError(f"{path} can't be: {os.strerror(error.errno or 0)}") from None


def _nearest(path: Path) -> Path:
    """The folder itself, or the first above it that is there. Raises OSError."""
    try:
        path.stat()
    except FileNotFoundError:
        return _nearest(path.parent)
    return path
