"""The canary of service_kit/compat/urllib3.py."""

import socket

import pytest
from service_kit.compat.urllib3 import watch_sockets, watching
from urllib3 import PoolManager

from tests.sockets import peer

BROKEN = (
    "urllib3 no longer shows the socket of a call to service_kit/compat/urllib3.py, so no deadline"
    " of service_kit.http or bus_drain.fetch holds. Look at what a pool manager makes connections"
    " of (pool_classes_by_scheme, ConnectionCls), and at connect, request and sock of those."
)


def answering_twice(connection: socket.socket) -> None:
    for _ in range(2):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def test_each_call_shows_its_socket_before_it_is_used() -> None:
    shown: list[socket.socket | None] = []
    token = watching.set(shown.append)
    try:
        with peer(answering_twice) as url, PoolManager() as manager:
            watch_sockets(manager)
            first = manager.request("GET", url)
            opened = list(shown)
            second = manager.request("GET", url)
    finally:
        watching.reset(token)
    assert (first.data, second.data) == (b"hello", b"hello")
    assert [type(sock) for sock in opened] == [type(None), socket.socket], BROKEN
    assert shown[len(opened) :] == [opened[-1]], BROKEN  # of the pool, before it is used again


def test_https_connections_are_watched_too() -> None:
    with PoolManager() as manager:
        watch_sockets(manager)
        kinds = {
            scheme: manager.connection_from_host("localhost", scheme=scheme).ConnectionCls
            for scheme in ("http", "https")
        }
    for scheme, kind in kinds.items():
        assert kind.__module__ == "service_kit.compat.urllib3", f"{scheme}: {BROKEN}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_has_to_watch(scheme: str) -> None:
    with PoolManager() as manager:
        watch_sockets(manager)
        connection = manager.connection_from_host("localhost", scheme=scheme).ConnectionCls("x")
    assert getattr(connection, "sock", "nowhere") is None, BROKEN
