"""Files in a folder."""

import os
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from auction_app.photo_store.files import unavailable


class Folder:
    """Of this machine, or one that all hosts have mounted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, content: bytes) -> None:
        """On disk when it returns."""
        with _or_unavailable():
            self._path.mkdir(parents=True, exist_ok=True)
            _write_durably(self._path / name, content)

    def get(self, name: str) -> bytes | None:
        """The whole file, into memory."""
        with _or_unavailable(), suppress(FileNotFoundError):
            return (self._path / name).read_bytes()
        return None

    def has(self, name: str) -> bool:
        """Without reading it."""
        with _or_unavailable():
            return (self._path / name).exists()

    def copy(self, name: str, other: str) -> None:
        """As a second name of the same file: it never changes."""
        with _or_unavailable(), suppress(FileNotFoundError, FileExistsError):
            os.link(self._path / name, self._path / other)

    def delete(self, name: str) -> None:
        """At once."""
        with _or_unavailable():
            (self._path / name).unlink(missing_ok=True)


def _or_unavailable() -> AbstractContextManager[None]:
    return unavailable("folder", OSError)


def _write_durably(path: Path, content: bytes) -> None:
    # A name of its own: the same upload may be prepared on two hosts.
    partial = path.with_name(f"{path.name}.{os.urandom(8).hex()}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
