"""A listener on this machine that stands for the inside of a network: nobody may ever come."""

import socket
from collections.abc import Iterator

import pytest


class Inside:
    """Listens on every address of this machine."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._listener.setblocking(False)
        self.port: int = listener.getsockname()[1]

    def was_reached(self) -> bool:
        """Whether somebody has connected since the last time this was asked."""
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def inside() -> Iterator[Inside]:
    """The inside, at a port of its own."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as made:
        yield Inside(made)
