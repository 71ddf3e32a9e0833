"""Free ports, and peers that misbehave on purpose over real sockets."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from service_kit.run.ports import is_free


def free_port() -> int:
    """A TCP port of loopback that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_base(offsets: Iterable[int], candidates: Iterable[int]) -> int:
    """The first candidate PORT_BASE whose every offset is free."""
    wanted = list(offsets)
    return next(base for base in candidates if all(is_free(base + offset) for offset in wanted))


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
