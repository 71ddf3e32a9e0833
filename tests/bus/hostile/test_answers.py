"""Endpoints that answer strangely: what counts as taken, and what it may cost the pusher."""

import gzip
import re
import resource
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from service_kit.content_coding import MAX_ANSWER_BYTES

from bus.delivery.wire.http_client import HttpClient
from tests.bus.hostile.attempts import TOTAL_MS, attempt, sending, took
from tests.bus.hostile.inside import Inside
from tests.sockets import peer, saying

OK = b"HTTP/1.1 200 OK\r\n"
MIB = 1024 * 1024


@pytest.fixture
def sender() -> Iterator[HttpClient]:
    with sending() as made:
        yield made


@contextmanager
def deaf() -> Iterator[str]:
    """The URL of a listener whose queue is full: nothing is answered to who wants to connect."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_who_does_not_let_us_connect_is_unreachable_after_the_time_for_that(
    sender: HttpClient,
) -> None:
    with deaf() as url:
        answer = attempt(sender, url)
    assert answer.unreachable
    assert 500 <= int(re.search(r"after (\d+) milliseconds", answer.error or "")[1]) < TOTAL_MS


def test_who_hangs_over_an_answer_was_reached(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")
        connection.recv(65536)  # the next request on this connection
        connection.recv(1)  # nothing, until it is given up

    with peer(talk) as url:
        assert took(attempt(sender, url))
        answer = attempt(sender, url)
    assert (answer.status, answer.unreachable) == (None, False)


WHOLE = {
    "no reason": b"HTTP/1.1 200\r\n\r\n",
    "until it hangs up": OK + b"\r\nfine",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n",
    "204 with a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n",
    "after 100": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
    "after 103": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3 + OK + b"\r\n",
    "after 100 twice": b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + b"HTTP/1.1 204 OK\r\n\r\n",
}


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
def test_a_whole_2xx_is_taken_however_it_is_written(sender: HttpClient, answer: bytes) -> None:
    with peer(saying(answer)) as url:
        assert took(attempt(sender, url))


NOT_WHOLE = {
    "nothing": b"",
    "half a status": b"HTTP/1.1 20",
    "a status line": OK,
    "half a header": OK + b"Content-Le",
    "half a head": OK + b"Content-Length: 0\r\n",
    "half an end of the head": OK + b"Content-Length: 0\r\n\r",
    "half a body": OK + b"Content-Length: 10\r\n\r\nhello",
    "no body": OK + b"Content-Length: 10\r\n\r\n",
    "no chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n",
    "half a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "no last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "only 100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "only 100 and half": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    "only 103": b"HTTP/1.1 103 Early Hints\r\n\r\n",
}


@pytest.mark.parametrize("answer", NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_an_answer_that_is_cut_off_is_not_taken(sender: HttpClient, answer: bytes) -> None:
    with peer(saying(answer)) as url:
        assert not took(attempt(sender, url))


NONSENSE = {
    "HTTP/0.9": b"fine\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "shoutcast": b"ICY 200 OK\r\n\r\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x46",
    "an empty line first": b"\r\n" + OK + b"\r\n",
    "status 000": b"HTTP/1.1 000 What\r\n\r\n",
    "status -200": b"HTTP/1.1 -200 OK\r\n\r\n",
    "status in letters": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative length": OK + b"Content-Length: -1\r\n\r\n",
    "a length in letters": OK + b"Content-Length: ten\r\n\r\n0123456789",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
    "a chunk of what size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n0\r\n\r\n",
    "a chunk of 2**64": OK + b"Transfer-Encoding: chunked\r\n\r\n1" + b"0" * 16 + b"\r\nhi\r\n",
    "a header without colon": OK + b"what\r\n\r\n",
    "NUL in the head": OK + b"X: a\x00b\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n",
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_not_taken(sender: HttpClient, answer: bytes) -> None:
    with peer(saying(answer)) as url:
        assert not took(attempt(sender, url))


def test_a_header_of_a_megabyte_is_not_taken(sender: HttpClient) -> None:
    with peer(saying(OK + b"X: " + b"a" * MIB + b"\r\n\r\n")) as url:
        assert not took(attempt(sender, url))


def test_a_head_without_end_is_cut_long_before_it_costs_memory(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK)
        while True:
            connection.sendall(b"X: " + b"a" * 1_000 + b"\r\n")

    assert_cheap_failure(sender, talk)


def test_interim_answers_without_end_are_cut_long_before_they_cost_memory(
    sender: HttpClient,
) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)

    assert_cheap_failure(sender, talk)


def assert_cheap_failure(sender: HttpClient, talk: object) -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with peer(talk) as url:  # type: ignore[arg-type]
        assert not took(attempt(sender, url))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50 * 1024


def test_a_head_that_drips_is_cut_at_the_deadline(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK)
        while True:
            connection.sendall(b"X: y\r\n")
            threading.Event().wait(0.05)

    with peer(talk) as url:
        answer = attempt(sender, url)
    assert not took(answer)
    assert "timed out" in str(answer.error)


@pytest.mark.parametrize("coding", [b"Content-Encoding", b"Transfer-Encoding"])
def test_a_gzip_bomb_is_not_unpacked(sender: HttpClient, coding: bytes) -> None:
    bomb = gzip.compress(bytes(64 * MIB))
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with peer(saying(OK + coding + b": gzip\r\n\r\n" + bomb)) as url:
        answer = attempt(sender, url)
    assert len(answer.body) <= MAX_ANSWER_BYTES
    assert bomb.startswith(answer.body)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50 * 1024


@pytest.mark.parametrize("surplus", [b"HTTP/1.1 204 OK\r\n\r\n", b"more than it said" * 100])
def test_what_is_said_beyond_an_answer_does_not_answer_the_next_request(
    sender: HttpClient, surplus: bytes
) -> None:
    talked = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        if not talked.is_set():
            talked.set()
            connection.sendall(OK + b"Content-Length: 2\r\n\r\nhi" + surplus)
        while connection.recv(65536):
            pass  # and never another word, on this connection or another

    with peer(talk) as url:
        assert took(attempt(sender, url))
        assert not took(attempt(sender, url))


def test_an_endpoint_that_resets_the_connection_has_not_taken_it(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with peer(talk) as url:
        assert not took(attempt(sender, url))


def test_an_endpoint_that_never_reads_is_cut_at_the_deadline(sender: HttpClient) -> None:
    def talk(_connection: socket.socket) -> None:
        threading.Event().wait(10)

    with peer(talk) as url:
        answer = attempt(sender, url, b"[" + b" " * 20 * MIB + b"]")
    assert not took(answer)
    assert "timed out" in str(answer.error)


def test_an_answer_before_the_request_was_read_is_no_answer_to_the_next(sender: HttpClient) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 500 Early\r\nContent-Length: 0\r\n\r\n")

    with peer(talk) as url:
        assert not took(attempt(sender, url, b"[" + b" " * 20 * MIB + b"]"))
    with peer(saying(OK + b"\r\n")) as url:
        assert took(attempt(sender, url))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["http://127.0.0.1:{}/", "//127.0.0.1:{}/", "http://[::1]:{}/"])
def test_no_redirect_is_followed(sender: HttpClient, inside: Inside, status: int, to: str) -> None:
    location = to.format(inside.port)
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nRefresh: 0; url={location}\r\n"
    with peer(saying(head.encode() + b"Content-Length: 0\r\n\r\n")) as url:
        assert attempt(sender, url).status == status
    assert not inside.was_reached()


def test_cookies_and_challenges_change_nothing_in_the_next_request(sender: HttpClient) -> None:
    requests: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while request := connection.recv(65536):
            requests.append(request)
            connection.sendall(
                b'HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm="x"\r\nSet-Cookie: a=b\r\n'
                b'Alt-Svc: h2=":1"\r\nStrict-Transport-Security: max-age=9\r\n'
                b"Content-Length: 0\r\n\r\n"
            )

    with peer(talk) as url:
        assert attempt(sender, url).status == 401
        assert attempt(sender, url).status == 401
    assert requests[0] == requests[1]
    assert len(requests) == 2
