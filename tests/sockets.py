"""Free ports, and peers that misbehave on purpose over real sockets."""

import fcntl
import os
import secrets
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from service_kit.run.ports import is_free

_PORTS = range(10_100, 32_000)
"""Below those from which the kernel lets connections leave: one of these would be in the way of a
server that starts a moment later. Above those that browsers refuse."""
_KEPT = 200
_mine: set[int] = set()
_given: deque[int] = deque()
_one_at_a_time = threading.Lock()


def free_port() -> int:
    """A TCP port of loopback on which nobody listens, and which nobody else who asks here gets, in
    whatever process of this user, until 200 more were given."""
    while True:
        # Not `random`: each worker of a run begins with the same seed.
        port = _PORTS[secrets.randbelow(len(_PORTS))]
        if is_free(port) and _reserve(port):
            _given.append(port)
            if len(_given) > _KEPT:
                release([_given.popleft()])
            return port


def free_base(offsets: Iterable[int]) -> int:
    """A PORT_BASE whose every offset is such a port, for this process as long as it lives."""
    wanted = list(offsets)
    bases = _PORTS[: -max(wanted) - 1 : 40]
    while True:
        base = bases[secrets.randbelow(len(bases))]
        ports = [base + offset for offset in wanted]
        got = [port for port in ports if is_free(port) and _reserve(port)]
        if got == ports:
            return base
        release(got)


def release(ports: Iterable[int]) -> None:
    """Let others have these."""
    for port in ports:
        fcntl.lockf(_reservations(), fcntl.LOCK_UN, 1, port)
        _mine.discard(port)


def _reserve(port: int) -> bool:
    """Whether nobody had it; the kernel lets go of it when this process ends."""
    with _one_at_a_time:
        if port in _mine:
            return False
        try:
            fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        _mine.add(port)
        return True


@cache
def _reservations() -> int:
    """A file whose byte n is locked by whoever has port n."""
    path = os.path.join(tempfile.gettempdir(), f"gavel-test-ports-{os.getuid()}")
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def peer(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server at the yielded URL that hands every connection to `talk`, in a thread each."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        try:
            with connection:
                talk(connection)
        except OSError:
            return  # the other side hung up, which is what these tests are about

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        for connection in connections:
            connection.close()


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    """For `peer`: read what comes first, say this, and hang up."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return talk
