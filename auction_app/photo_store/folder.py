"""Files in a folder."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

log = get_logger(__name__)


class Folder:
    """Of this machine, or one that all hosts have mounted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, content: bytes) -> None:
        """On disk when it returns."""
        with _translated_errors():
            self._path.mkdir(parents=True, exist_ok=True)
            _write_durably(self._path / name, content)

    def get(self, name: str) -> bytes | None:
        """The whole file, into memory."""
        with _none_if_missing():
            return (self._path / name).read_bytes()
        return None

    def has(self, name: str) -> bool:
        """Without reading it."""
        with _translated_errors():
            return (self._path / name).exists()

    def copy(self, name: str, other: str) -> None:
        """As a second name of the same file: it never changes."""
        with _none_if_missing(), contextlib.suppress(FileExistsError):
            os.link(self._path / name, self._path / other)

    def delete(self, name: str) -> None:
        """At once."""
        with _translated_errors():
            (self._path / name).unlink(missing_ok=True)


@contextmanager
def _none_if_missing() -> Iterator[None]:
    with _translated_errors(), contextlib.suppress(FileNotFoundError):
        yield


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("photos can't be used", error=error.strerror)
        raise StoreUnavailable("the folder of photos can't be used") from error


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
