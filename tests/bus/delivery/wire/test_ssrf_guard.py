"""The callback guard, against a real listener that must never be reached."""

import socket
from collections.abc import Callable, Iterator

import pytest

from bus.delivery.answer import Answer
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.request import Request
from tests.sockets import peer


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listens on every loopback address of both families; nobody may come."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as made:
        made.setblocking(False)
        yield made


def attempt(url: str, *trusted: str) -> Answer:
    sender = HttpClient(frozenset(trusted), connect_ms=1_000, total_ms=2_000)
    try:
        sender.start(1, Request(url, (), b"[]"))
        for _ in range(50):
            if got := sender.wait(0.1):
                return got[0]
        raise AssertionError("no answer")
    finally:
        sender.close()


def saying(answer: str) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer.encode())

    return talk


def assert_nobody_came(listener: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    ("host", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.9.10", "loopback"),
        ("[::1]", "loopback"),
        ("[::ffff:127.0.0.1]", "IPv4-mapped"),
        ("[::ffff:7f00:1]", "IPv4-mapped"),
        ("[::127.0.0.1]", "IPv4-compatible"),
        ("[64:ff9b::7f00:1]", "translated"),
        ("[2002:7f00:1::]", "translated"),
        ("0.0.0.0", "this network"),
        ("[::]", "unspecified"),
        ("10.0.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("[fd00::1]", "unique local"),
        ("2130706433", "loopback"),
        ("0x7f.1", "loopback"),
        ("127.1", "loopback"),
        ("0177.0.0.1", "loopback"),
    ],
)
def test_a_literal_address_that_is_not_public_is_not_dialled(
    listener: socket.socket, host: str, word: str
) -> None:
    answer = attempt(f"https://{host}:{listener.getsockname()[1]}/")
    assert answer.error == f"the callback leads to a {word} address"
    assert_nobody_came(listener)


def test_a_name_that_resolves_to_loopback_is_not_dialled(listener: socket.socket) -> None:
    answer = attempt(f"https://localhost:{listener.getsockname()[1]}/")
    assert answer.error == "the callback leads to a loopback address"
    assert_nobody_came(listener)


def test_plain_http_is_not_dialled(listener: socket.socket) -> None:
    answer = attempt(f"http://localhost:{listener.getsockname()[1]}/")
    assert answer.error == "the URL is not https"
    assert_nobody_came(listener)


def test_a_trusted_name_is_dialled_whatever_it_resolves_to() -> None:
    with peer(saying("HTTP/1.1 204 OK\r\n\r\n")) as url:
        assert attempt(url.replace("127.0.0.1", "localhost"), "localhost").acknowledged


def test_trust_in_one_host_is_no_trust_in_another(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    answer = attempt(f"https://localhost:{port}/", "127.0.0.1", "example.org")
    assert answer.error == "the callback leads to a loopback address"
    assert_nobody_came(listener)


def test_user_information_does_not_smuggle_a_host_in(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    answer = attempt(f"https://trusted.test@localhost:{port}/", "trusted.test")
    assert not answer.acknowledged
    assert_nobody_came(listener)


def test_a_redirect_into_the_inside_is_not_followed(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://[::1]:{port}/\r\nContent-Length: 0\r\n\r\n"
    with peer(saying(moved)) as url:
        assert attempt(url, "127.0.0.1").status == 302
    assert_nobody_came(listener)
