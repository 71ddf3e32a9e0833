"""What every place for photos can do."""

from typing import Protocol


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
