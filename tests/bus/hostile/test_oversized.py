"""Bodies beyond what is read: who is still sending gets the answer, not a reset connection."""

import base64
import socket
from collections.abc import Callable
from contextlib import suppress

import pytest
import requests

from tests.bus.serving import Served

MIB = 1024 * 1024
KINDS = ["declared", "chunked"]


def say(
    bus: Served, path: str, token: str, mib: int, kind: str, *headers: str
) -> tuple[bool, bytes]:
    """Whether all of the body could be sent, and the first line of the answer."""
    credentials = base64.b64encode(f"{token}:".encode()).decode()
    length = f"Content-Length: {mib * MIB}" if kind == "declared" else "Transfer-Encoding: chunked"
    lines = [f"POST {path} HTTP/1.1", "Host: bus", f"Authorization: Basic {credentials}", length]
    with bus.connect() as connection:
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
        sent = _send_all(connection, mib, kind)
        with connection.makefile("rb") as answer:
            return sent, answer.readline()


def _send_all(connection: socket.socket, mib: int, kind: str) -> bool:
    part = b" " * MIB if kind == "declared" else b"100000\r\n" + b" " * MIB + b"\r\n"
    with suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(mib):
            connection.sendall(part)
        connection.sendall(b"" if kind == "declared" else b"0\r\n\r\n")
        return True
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("header", ["Connection: close", "Connection: keep-alive"])
@pytest.mark.parametrize("path", ["/topics/bids", "/subscription"])
def test_a_body_of_32_mib_is_heard_out_and_413(
    either: Served, path: str, header: str, kind: str
) -> None:
    said = say(either, path, either.token("publisher"), 32, kind, header)
    assert said[0]
    assert b" 413 " in said[1]


@pytest.mark.parametrize("kind", KINDS)
def test_so_it_is_for_who_may_not_even_speak(either: Served, kind: str) -> None:
    sent, line = say(either, "/topics/bids", "nobody", 32, kind, "Connection: close")
    assert sent
    assert b" 401 " in line


def test_a_connection_that_was_heard_out_is_good_for_another_request(either: Served) -> None:
    publisher = (either.token("publisher"), "")
    with requests.Session() as session:
        post: Callable[..., requests.Response] = session.post
        refused = post(f"{either.url}/subscription", b" " * (2 * MIB), auth=publisher, timeout=20)
        assert refused.status_code == 413
        event = {"type": "create", "url": "https://x.example/1"}
        taken = post(f"{either.url}/topics/bids", json=event, auth=publisher, timeout=20)
        assert taken.status_code == 200


def test_who_announces_much_and_says_nothing_is_answered_all_the_same(either: Served) -> None:
    with either.connect() as connection:
        connection.sendall(
            b"POST /topics/bids HTTP/1.1\r\nHost: bus\r\nContent-Length: 5000000\r\n\r\n"
        )
        with connection.makefile("rb") as answer:
            assert b" 401 " in answer.readline()
