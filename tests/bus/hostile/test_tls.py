"""TLS that isn't there, that hangs, or that proves nothing: no event and no credential leaves."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bus.delivery.wire.http_client import HttpClient
from tests.bus.hostile.attempts import attempt, sending, took
from tests.needs import program
from tests.sockets import peer, saying

SECRET = b'[{"secret": "event"}]'


@pytest.fixture
def sender() -> Iterator[HttpClient]:
    with sending() as made:
        yield made


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for 127.0.0.1 that nobody vouches for."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = f"req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [program("openssl"), *command.split(), *name], check=True, capture_output=True, timeout=60
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_tls_is_not_spoken_to_a_plain_port_nor_anything_else(sender: HttpClient) -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with peer(talk) as url:
        answer = attempt(sender, url.replace("http:", "https:"), SECRET)
    assert not took(answer)
    assert SECRET not in b"".join(heard)
    assert b"POST" not in b"".join(heard)


def test_a_tls_port_takes_nothing_in_plain(sender: HttpClient, self_signed: ssl.SSLContext) -> None:
    def talk(connection: socket.socket) -> None:
        with suppress(ssl.SSLError):
            self_signed.wrap_socket(connection, server_side=True)

    with peer(talk) as url:
        assert not took(attempt(sender, url))


def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    sender: HttpClient, self_signed: ssl.SSLContext
) -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        with suppress(ssl.SSLError), self_signed.wrap_socket(connection, server_side=True) as safe:
            heard.append(safe.recv(65536))
            safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with peer(talk) as url:
        answer = attempt(sender, url.replace("http:", "https:"), SECRET)
    assert not took(answer)
    assert "certificate" in str(answer.error)
    assert b"".join(heard) == b""


def test_a_handshake_that_hangs_is_cut(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with peer(talk) as url:
        answer = attempt(sender, url.replace("http:", "https:"))
    assert not took(answer)
    assert "timed out" in str(answer.error).lower() or "timeout" in str(answer.error).lower()


@pytest.mark.parametrize("said", [b"", b"\x15\x03\x01\x00\x02\x02\x28", b"\x16\x03\x01\xff\xff"])
def test_a_handshake_that_breaks_is_a_failure(sender: HttpClient, said: bytes) -> None:
    with peer(saying(said)) as url:
        assert not took(attempt(sender, url.replace("http:", "https:")))
