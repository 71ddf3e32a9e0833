"""What no server of ours may be held up by: heads without end, half requests, silence, answers that
nobody takes. Every kind of server that a process has, each over real sockets."""

import json
import re
import select
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from service_kit.entrance import is_probe
from service_kit.run.processes import commands_of

from tests.procfile import ROOT, Processes
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

SERVERS = "tests.clients.service_kit.entrance.servers"
GUNICORN = 'gunicorn -c clients/service-kit/src/service_kit/web_server.py -w 1 -b "127.0.0.1:$PORT"'
COMMANDS = {
    "threads": f"{GUNICORN} --threads 4 -k {SERVERS}.Threads {SERVERS}:wsgi",
    "greenlets": f"{GUNICORN} -k {SERVERS}.Greenlets {SERVERS}:wsgi",
    "loop": f"{GUNICORN} -k {SERVERS}.Loop {SERVERS}:asgi",
    "small": f"{sys.executable} -m {SERVERS} $PORT",
}
THREADS = 4
MANY = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 300_000


@pytest.fixture(scope="module", params=COMMANDS)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where one of the servers answers."""
    port = free_port()
    command = COMMANDS[request.param].replace("$PORT", str(port))
    processes = Processes({"server": command}, {}, {}, tmp_path_factory.mktemp("entrance"))
    try:
        processes.launch()
        wait_for(lambda: answers(port), seconds=60)
        yield port
    finally:
        processes.close()


def answers(port: int) -> bool:
    with suppress(OSError):
        return said(port, request()) == 200
    return False


def request(*fields: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    return b"\r\n".join([line, b"Host: a", b"Connection: close", *fields, b"", b""])


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def is_open(connection: socket.socket) -> bool:
    """Whether the other side has neither said anything nor ended it."""
    return not select.select([connection], [], [], 0)[0]


def heard(connection: socket.socket) -> bytes:
    """All that comes until the end."""
    answer = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            answer += part
    return answer


def pour(connection: socket.socket, content: bytes) -> None:
    """Send, as far as it is taken."""
    with suppress(OSError):
        connection.sendall(content)


def said(port: int, content: bytes) -> int | None:
    """The status of the answer to these bytes, if there is one before the connection ends."""
    with connect(port) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(content)
        answer = heard(connection)
    found = re.match(rb"HTTP/1\.[01] ([0-9]{3})", answer)
    return int(found[1]) if found else None


TOO_MUCH = {
    "101 fields": request(*[b"X-%d: y" % i for i in range(99)]),
    "600 000 fields": request(*[b"X:"] * 600_000),
    "fields without end": request()[:-2] + b"X: y\r\n" * 200_000,
    "a field of 65 KiB": request(b"X: " + b"y" * 65 * 1024),
    "a field without end": request()[:-2] + b"X: " + b"y" * 3_000_000,
    "a name of 65 KiB": request(b"x" * 65 * 1024 + b": y"),
    "many of 2 KiB": request(*[b"X-%d: " % i + b"y" * 2048 for i in range(40)]),
    "one name many times": request(*[b"Cookie: a=b"] * 5_000),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_head_beyond_the_bounds_is_431_at_once(port: int, name: str) -> None:
    assert said(port, TOO_MUCH[name]) == 431
    assert answers(port)


def test_a_request_line_beyond_the_bounds_is_refused(port: int) -> None:
    assert said(port, request(line=b"GET /" + b"a" * 70_000 + b" HTTP/1.1")) in {414, 431}
    assert said(port, request(line=b"GET /?" + b"a" * 3_000_000 + b" HTTP/1.1")) in {414, 431}


def test_a_head_within_the_bounds_is_read(port: int) -> None:
    assert said(port, request(*[b"X-%d: " % i + b"y" * 600 for i in range(95)])) == 200
    assert said(port, request(b"X: " + b"y" * 8_000)) == 200
    assert said(port, request(line=b"GET /" + b"a" * 4_000 + b" HTTP/1.1")) == 200


def test_nonsense_is_a_problem_and_no_5xx(port: int) -> None:
    for content in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"NONSENSE\r\n\r\n",
        request(b"Transfer-Encoding: foo"),
        request(b"Content-Length: x", line=b"BREW / HTTP/1.1"),
        request(line=b"GET / HTTP/9.9"),
        request(line=b"GET / HTTP/1.1\n"),
        request(b"Expect: nothing"),
    ):
        with connect(port) as connection:
            connection.sendall(content)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            answer = heard(connection)
        assert not re.match(rb"HTTP/1\.[01] 5", answer), content
        head, _, body = answer.partition(b"\r\n\r\n")
        if re.match(rb"HTTP/1\.[01] 4", head):
            assert b"application/problem+json" in head
            assert json.loads(body)["status"] == int(head.split()[1])


HALVES = {
    "silence": b"",
    "empty lines": b"\r\n\r\n\r\n",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: a\r\n",
    "no body": request(b"Content-Length: 10", line=b"POST / HTTP/1.1"),
    "half a body": request(b"Content-Length: 500000", line=b"POST / HTTP/1.1") + b"a" * 300_000,
    "half a chunk": request(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.1") + b"ff\r\na",
    "no last chunk": request(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.1")
    + b"1\r\na\r\n",
    "leave asked": request(b"Content-Length: 10", b"expect: 100-continue", line=b"POST / HTTP/1.1"),
}


def test_others_are_answered_while_many_stop_in_the_middle_and_are_let_go(port: int) -> None:
    with ExitStack() as stack:
        for half in [*HALVES.values()] * 3:
            stack.enter_context(connect(port)).sendall(half)
        held = stack.enter_context(connect(port))
        held.sendall(HALVES["half a head"])
        assert answers(port)
        assert is_open(held), "others waited until those were let go"
        heard(held)  # it ends
    assert answers(port)


def test_who_stops_in_the_middle_is_let_go(port: int) -> None:
    with ExitStack() as stack:
        held = {name: stack.enter_context(connect(port)) for name in HALVES}
        for name, connection in held.items():
            connection.sendall(HALVES[name])
        heard_of = {name: heard(connection) for name, connection in held.items()}
    assert heard_of["silence"] == b""
    assert not [name for name, answer in heard_of.items() if answer.startswith(b"HTTP/1.1 5")]


def test_who_asks_before_sending_is_told_to_go_on(port: int) -> None:
    ask = request(b"Content-Length: 3", b"Expect: 100-continue", line=b"GET / HTTP/1.1")
    with connect(port) as connection:
        connection.sendall(ask)
        first = connection.recv(65536)
        connection.sendall(b"abc")
        answer = first + heard(connection)
    assert b" 200 " in answer
    assert answer.count(b" 100 Continue") <= 1


def test_requests_that_come_byte_by_byte_or_together_are_all_answered(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    with connect(port) as connection:
        with suppress(ConnectionError):  # a small server may have answered, and closed
            for byte in one:
                connection.sendall(bytes([byte]))
            connection.sendall(one + request())
        answer = heard(connection)
    assert answer.count(b"HTTP/1.") in {1, 3}  # a small server takes one a connection
    assert b" 200 " in answer


def test_a_body_in_many_chunks_is_read_and_one_in_too_many_holds_nobody_up(port: int) -> None:
    head = request(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.1")
    assert said(port, head + b"1\r\na\r\n" * 2_000 + b"0\r\n\r\n") in {200, 405}
    said(port, head + b"1\r\na\r\n" * 150_000 + b"0\r\n\r\n")
    assert answers(port)


def test_who_sends_requests_without_end_lets_others_have_their_turn(port: int) -> None:
    with connect(port) as connection, ThreadPoolExecutor() as pool:
        sending = pool.submit(pour, connection, MANY)
        taking = pool.submit(heard, connection)
        for _ in range(10):
            assert answers(port)
        with suppress(OSError):  # a server that ended it first
            connection.shutdown(socket.SHUT_RDWR)
        sending.result()
        taking.result()


def test_who_takes_no_answer_is_let_go_and_holds_up_no_probe(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            connection = stack.enter_context(connect(port))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request(line=b"GET /long HTTP/1.1"))
        for path in (b"/healthz", b"/readyz"):
            assert said(port, request(line=b"GET %s HTTP/1.1" % path)) == 200
        wait_for(lambda: answers(port), seconds=20)


@pytest.mark.parametrize(
    ("begins", "is_one"),
    [
        (b"GET /readyz HTTP/1.1\r\nHost: a", True),
        (b"\r\nGET /healthz HTTP/1.1\r\n", True),
        (b"GET /under/a/path/readyz HTTP/1.0\r\n", True),
        (b"GET / HTTP/1.1\r\nReferer: GET /readyz HTTP/1.1", False),
        (b"GET /search?q=/readyz HTTP/1.1\r\n", False),
        (b"POST /readyz HTTP/1.1\r\n", False),
        (b"GET /readyz-or-not HTTP/1.1\r\n", False),
    ],
)
def test_what_is_a_probe(begins: bytes, is_one: bool) -> None:
    assert is_probe(begins) is is_one


def test_every_web_process_has_one_of_these_servers() -> None:
    commands = commands_of(ROOT, {}).processes.values()
    settings = {found[1] for one in commands if (found := re.search(r"-c (\S+)", one))}
    assert len(settings) >= 5
    for path in settings:
        text = (ROOT / Path(path)).read_text()
        assert "from service_kit.web_server import *" in text
        assert set(re.findall(r'^worker_class = "(.*)"', text, re.MULTILINE)) <= {
            "service_kit.entrance.greenlets.GreenletWorker"
        }
