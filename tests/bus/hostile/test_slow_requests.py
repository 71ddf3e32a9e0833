"""Clients that say nothing, stop in the middle or send a byte now and then, on real sockets."""

import json
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.bus.hostile.test_bad_input import BODY, post, publish, published
from tests.bus.serving import FLASK, Served, serving
from tests.procfile import procfile

HURRIED = {
    "asgi": procfile()["bus"].replace("bus.server.", "tests.bus.hostile.hurried."),
    "wsgi": FLASK.replace("-w 1", "-w 1 -k tests.bus.hostile.hurried.WsgiWorker"),
}
THREADS = 32  # of bus/gunicorn.conf.py


@pytest.fixture(scope="module", params=HURRIED)
def hurried(
    request: pytest.FixtureRequest, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A bus that waits for a request for a second, once with each entrance."""
    database = Path(shutil.copy(migrated, tmp_path_factory.mktemp("hurried") / "bus.sqlite3"))
    with serving(database, "bus", entrance=HURRIED[request.param]) as served:
        yield served


def heard(connection: socket.socket, trickle: bytes = b"") -> bytes:
    """All that comes until the connection ends, while this goes out byte by byte."""
    answer, left = b"", iter(trickle)
    connection.settimeout(0.2 if trickle else 10)
    with suppress(ConnectionResetError, BrokenPipeError):
        while part := _part(connection, left):
            answer += part.strip(b"\0")
    return answer


def _part(connection: socket.socket, left: Iterator[int]) -> bytes:
    try:
        return connection.recv(4096)
    except TimeoutError:
        connection.sendall(bytes([next(left)]))  # StopIteration: nobody stopped us
        return b"\0"


def length(size: int) -> bytes:
    return b"Content-Length: %d" % size


def beginnings(bus: Served) -> dict[str, bytes]:
    whole = post(bus, BODY)
    return {
        "nothing": b"",
        "empty lines": b"\r\n\r\n",
        "half a line": whole[:10],
        "half a head": whole[: whole.index(b"\r\n\r\n") - 5],
        "no body": post(bus, b"", length(len(BODY))),
        "half a body": whole[:-5],
        "no subscription": post(bus, b"", length(9), to=b"/subscription"),
        "no body where none is wanted": post(bus, b"", length(9)).replace(b"POST", b"GET"),
        "a long body announced": post(bus, b"", length(5_000_000)),
        "half a chunk": post(bus, b"ff\r\n" + BODY, b"Transfer-Encoding: chunked"),
        "no last chunk": post(
            bus, b"%x\r\n%b\r\n" % (len(BODY), BODY), b"Transfer-Encoding: chunked"
        ),
    }


def test_who_stops_in_the_middle_is_let_go(hurried: Served) -> None:
    before = published(hurried)
    with ExitStack() as stack:
        connections = {}
        for name, beginning in beginnings(hurried).items():
            connections[name] = stack.enter_context(hurried.connect())
            connections[name].sendall(beginning)
        answers = {name: heard(connection) for name, connection in connections.items()}
    for name in ("no body", "half a body", "half a chunk", "no last chunk", "no subscription"):
        head, _, body = answers[name].partition(b"\r\n\r\n")
        assert b" 408 " in head.splitlines()[0], name
        assert json.loads(body)["status"] == 408
    assert answers["nothing"] == b""
    line = answers["a long body announced"].splitlines()[0]
    assert b" 413 " in line or b" 408 " in line
    assert published(hurried) == before


def test_who_sends_a_byte_now_and_then_is_let_go_too(hurried: Served) -> None:
    before = published(hurried)
    pieces = {
        "head": (b"POST /topics/bids HTTP/1.1\r\n", b"X-Slow: " + b"a" * 100),
        "body": (post(hurried, b"", length(len(BODY) + 100)), BODY + b" " * 100),
        "refused body": (
            b"POST /topics/bids HTTP/1.1\r\nHost: bus\r\n" + length(5_000_000) + b"\r\n\r\n",
            b" " * 100,
        ),
    }
    for begin, trickle in pieces.values():
        with hurried.connect() as connection:
            connection.sendall(begin)
            heard(connection, trickle)  # it ends
    assert published(hurried) == before


def test_a_request_in_pieces_is_taken_when_it_is_whole_in_time(hurried: Served) -> None:
    request = post(hurried, BODY)
    with hurried.connect() as connection, connection.makefile("rb") as answer:
        for _ in range(3):  # the time begins anew with each request
            for start in range(0, len(request), 40):
                connection.sendall(request[start : start + 40])
            assert b" 200 " in answer.readline()
            while answer.readline() != b"\r\n":
                pass


def test_more_of_them_than_there_are_threads_keep_nobody_waiting_for_long(hurried: Served) -> None:
    publish(hurried)
    before = published(hurried)
    with ExitStack() as stack:
        for path in (b"/topics/bids", b"/subscription"):
            for _ in range(THREADS):
                connection = stack.enter_context(hurried.connect())
                connection.sendall(post(hurried, BODY, to=path)[:-1])
        assert publish(hurried) == 200
        assert published(hurried) == before + Counter(bids=1)
