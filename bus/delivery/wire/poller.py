"""Waiting at thousands of sockets: epoll where the system has it, poll elsewhere."""

import select
from typing import Protocol


class Poller(Protocol):
    """Of `select.epoll` what the client uses. Masks are `select.POLLIN` and the like, which both
    name alike."""

    def register(self, descriptor: int, mask: int, /) -> None:
        """Begin to watch it."""

    def modify(self, descriptor: int, mask: int, /) -> None:
        """Watch it for something else."""

    def unregister(self, descriptor: int, /) -> None:
        """Watch it no more. Raises OSError when it isn't watched."""

    def poll(self, seconds: float, /) -> list[tuple[int, int]]:
        """Wait at most so long; what is ready, and for what."""

    def close(self) -> None:
        """Watch nothing any more."""


def open_poller() -> Poller:
    """The best that the system has."""
    return select.epoll() if hasattr(select, "epoll") else Poll()


class Poll:
    """`select.poll`, with epoll's units and errors."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self.register = self._poll.register
        self.modify = self._poll.modify

    def unregister(self, descriptor: int, /) -> None:
        """Watch it no more. Raises OSError when it isn't watched."""
        try:
            self._poll.unregister(descriptor)
        except KeyError:
            raise OSError(f"{descriptor} is not watched") from None

    def poll(self, seconds: float, /) -> list[tuple[int, int]]:
        """Wait at most so long; what is ready, and for what."""
        return self._poll.poll(seconds * 1000)

    def close(self) -> None:
        """Nothing of the system's is held."""
