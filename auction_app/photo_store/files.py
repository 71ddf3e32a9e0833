"""What every place for photos can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

log = get_logger(__name__)


class Files(Protocol):
    """Named files that all hosts share. Every method may block for some seconds, and raises
    StoreUnavailable when it can't be done now; all may be repeated."""

    def put(self, name: str, content: bytes) -> None:
        """Store a file, durably when it returns, in the place of one of this name."""

    def get(self, name: str) -> bytes | None:
        """What is in it; None when there is none."""

    def has(self, name: str) -> bool:
        """Whether there is one."""

    def copy(self, name: str, other: str) -> None:
        """Store what is in it under another name too; nothing when there is none."""

    def delete(self, name: str) -> None:
        """Forget it; nothing when there is none."""


@contextmanager
def unavailable(place: str, *errors: type[Exception]) -> Iterator[None]:
    """Make these a StoreUnavailable, and say so in the log: of an error of others its kind alone,
    whose text may have a secret in it."""
    try:
        yield
    except errors as error:
        why = error.strerror if isinstance(error, OSError) else None
        log.warning("photos can't be used", error=why or type(error).__name__)
        raise StoreUnavailable(f"the {place} of photos can't be used") from error
