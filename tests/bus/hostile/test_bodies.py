"""Bodies beyond what is read: who is still sending gets the answer, not a reset connection. And
bodies in chunks: they count as those that say their length do."""

import base64
import json
import socket
from collections.abc import Callable, Iterator
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


def pieces(value: object) -> Iterator[bytes]:
    """JSON without a length: it is sent in chunks."""
    text = json.dumps(value).encode()
    yield text[:5]
    yield text[5:]


@pytest.fixture
def chunked(either: Served) -> Callable[..., requests.Response]:
    """A call whose body comes in chunks."""
    auth = (either.token("subscriber"), "")

    def call(method: str, path: str, value: object) -> requests.Response:
        url = either.url + path
        return requests.request(method, url, data=pieces(value), auth=auth, timeout=20)

    return call


SUBSCRIPTION = {"topics": ["bids"], "callback": "https://x.example/", "uuid": "u"}
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
ONE = "/clients/subscriber/subscriptions/one"


def test_a_secret_that_comes_in_chunks_is_the_secret(
    chunked: Callable[..., requests.Response],
) -> None:
    assert chunked("PUT", ONE, SUBSCRIPTION).status_code in {200, 201}
    assert chunked("POST", f"{ONE}/secret", {"secret": SECRET}).json() == {"secret": SECRET}
    assert chunked("POST", "/subscription", SUBSCRIPTION).status_code == 204
    given = chunked("POST", "/subscription/secret", {"secret": SECRET})
    assert given.json() == {"secret": SECRET}


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        (f"{ONE}/secret", {"secret": "short"}, 400),
        (f"{ONE}/dead-letters/redrive", {"ids": "all"}, 400),
        (f"{ONE}/dead-letters/redrive", {"ids": []}, 200),
        (f"{ONE}/seek", {"to": "nowhere"}, 400),
        (f"{ONE}/seek", {"to": "now"}, 200),
        ("/topics/chunks", {"type": "create", "url": "https://x.example/1"}, 200),
        ("/topics/chunks", {"type": "create", "url": "http://x.example/1"}, 400),
        ("/api_tokens", {"name": "x"}, 401),
    ],
)
def test_what_comes_in_chunks_is_read(
    chunked: Callable[..., requests.Response], path: str, value: object, status: int
) -> None:
    chunked("PUT", ONE, SUBSCRIPTION)
    assert chunked("POST", path, value).status_code == status


@pytest.mark.parametrize("path", ["/topics/bids", "/subscription", f"{ONE}/secret", "/api_tokens"])
@pytest.mark.parametrize(
    "chunks", [b"zz\r\nab\r\n", b"2\r\nabXX0\r\n\r\n", b"-1\r\n", b"1;a=\x00\r\na\r\n0\r\n\r\n"]
)
def test_chunks_that_are_none_are_the_clients_fault(
    either: Served, path: str, chunks: bytes
) -> None:
    credentials = base64.b64encode(f"{either.token('subscriber')}:".encode())
    with either.connect() as connection:
        connection.sendall(
            b"POST %b HTTP/1.1\r\nHost: bus\r\nAuthorization: Basic %b\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" % (path.encode(), credentials) + chunks
        )
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            line = answer.readline()
    assert line == b"" or line.split()[1].startswith(b"4")
