"""Outbound calls end: by their deadline, their cap, or their answer. Peers are real sockets."""

import socket
import threading

import pytest
from pytest_httpserver import HTTPServer
from service_kit.errors import (
    NotJson,
    TimedOut,
    TooLarge,
    UnexpectedStatus,
    UnknownOrigin,
    Unreachable,
)
from service_kit.http import HttpClient, origin_of

from tests.sockets import free_port, peer

never = threading.Event()


def test_the_token_goes_to_its_own_host_only(httpserver: HTTPServer) -> None:
    origin = httpserver.url_for("")
    httpserver.expect_request("/x", headers={"Authorization": "Bearer t"}).respond_with_json(
        {"ok": True}
    )
    with HttpClient({origin: "t"}) as client:
        assert client.get(f"{origin}/x").json() == {"ok": True}
        with pytest.raises(UnknownOrigin):
            client.get(f"http://127.0.0.1:{free_port()}/x")


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://a/", "//a/", "http://", "http://u:p@a/", "http://a:x/", "http://[::1/", "/p"],
)
def test_what_is_no_url_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UnknownOrigin):
        origin_of(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "HTTPS://A.Example:443/x"),
        ("http://a.example:80", "http://a.example/x"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_a_default_port_and_its_absence_are_one_origin(one: str, other: str) -> None:
    assert origin_of(one) == origin_of(other)


def test_another_schemes_default_port_is_another_origin() -> None:
    assert len({origin_of(f"http{s}://a:{port}") for s in ("", "s") for port in (80, 443)}) == 4


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "", status=302, headers={"Location": httpserver.url_for("/b")}
    )
    with HttpClient({httpserver.url_for(""): None}) as client:
        assert client.get(httpserver.url_for("/a")).status == 302


@pytest.mark.parametrize("location", [b"http://[x", b"/caf\xe9"])
def test_a_redirect_to_what_is_no_url_is_no_answer(location: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        head = b"HTTP/1.1 303 .\r\nContent-Length: 0\r\nLocation: "
        connection.sendall(head + location + b"\r\n\r\n")

    with (
        peer(talk) as origin,
        HttpClient({origin: None}) as client,
        pytest.raises(Unreachable, match=origin),
    ):
        client.get(f"{origin}/x")


def test_an_error_carries_its_problem_and_retry_after(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_json(
        {"title": "Busy"}, status=503, headers={"Retry-After": "7"}
    )
    with (
        HttpClient({httpserver.url_for(""): None}) as client,
        pytest.raises(UnexpectedStatus) as raised,
    ):
        client.get(httpserver.url_for("/a"))
    assert raised.value.status == 503
    assert raised.value.problem == {"title": "Busy"}
    assert raised.value.retry_after_s == 7


@pytest.mark.parametrize("body", ["", "[1]", "null", "{", "\xff"])
def test_an_answer_that_is_no_object_is_not_json(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/a").respond_with_data(body)
    with HttpClient({httpserver.url_for(""): None}) as client, pytest.raises(NotJson):
        client.get(httpserver.url_for("/a")).json()


def test_nobody_there_is_unreachable() -> None:
    origin = f"http://127.0.0.1:{free_port()}"
    with HttpClient({origin: None}) as client, pytest.raises(Unreachable):
        client.get(origin)


def silent(connection: socket.socket) -> None:
    never.wait(30)


def dripping_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not never.wait(0.05):
        connection.sendall(b"X-A: 1\r\n")


def dripping_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not never.wait(0.05):
        connection.sendall(b"a")


@pytest.mark.parametrize("talk", [silent, dripping_headers, dripping_body])
def test_a_slow_peer_is_cut_at_the_total_deadline(talk: object) -> None:
    with (
        peer(talk) as origin,  # type: ignore[arg-type]
        HttpClient({origin: None}, total_s=0.4) as client,
        pytest.raises(TimedOut),
    ):
        client.get(origin)


def test_an_endless_answer_is_cut_at_the_cap() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65536)

    with (
        peer(endless) as origin,
        HttpClient({origin: None}, max_bytes=100_000) as client,
        pytest.raises(TooLarge),
    ):
        client.get(origin)


def test_a_connection_that_is_reused_has_its_deadline_too(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/ok").respond_with_json({})
    with HttpClient({httpserver.url_for(""): None}, total_s=5) as client:
        for _ in range(3):
            assert client.get(httpserver.url_for("/ok")).status == 200
