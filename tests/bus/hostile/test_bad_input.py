"""Publishers that talk nonsense, raw over real sockets: a 4xx each, and no trace that is left."""

import base64
import gzip
import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
import requests

from tests.bus.serving import Served

EVENT = {"type": "create", "url": "https://x.example/1"}
BODY = json.dumps(EVENT).encode()
MIB = 1024 * 1024


def key(bus: Served) -> tuple[str, str]:
    return bus.token("publisher"), ""


def authorization(bus: Served) -> bytes:
    return b"Authorization: Basic " + base64.b64encode(f"{bus.token('publisher')}:".encode())


def published(bus: Served) -> Counter[str]:
    topics = requests.get(f"{bus.url}/topics", auth=key(bus), timeout=10).json()
    return Counter({topic["name"]: topic["events"] for topic in topics})


def publish(bus: Served) -> int:
    return requests.post(f"{bus.url}/topics/bids", BODY, auth=key(bus), timeout=10).status_code


def say(bus: Served, request: bytes) -> int | None:
    """The status of the answer to these bytes; None without one, even after an end of file."""
    with bus.connect() as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)  # it may have heard enough before the end of it
        connection.settimeout(1)
        try:
            line = first_line(connection)
        except TimeoutError:  # it waits for more
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(10)
            line = first_line(connection)
    return int(line.split()[1]) if line.startswith(b"HTTP/") else None


def first_line(connection: socket.socket) -> bytes:
    line = b""
    with suppress(ConnectionResetError):
        while not line.endswith(b"\n") and (part := connection.recv(1)):
            line += part
    return line


def post(bus: Served, body: bytes, *headers: bytes, to: bytes = b"/topics/bids") -> bytes:
    """A request; its length is told unless headers are given that tell it."""
    told = headers or (b"Content-Length: %d" % len(body),)
    lines = [b"POST " + to + b" HTTP/1.1", b"Host: bus", authorization(bus), *told, b"", body]
    return b"\r\n".join(lines)


@pytest.fixture
def nothing_is_left(bus: Served) -> Iterator[None]:
    """After whatever a test says the log has nothing new, and the next publisher is served."""
    before = published(bus)
    yield
    assert published(bus) == before
    assert publish(bus) == 200
    assert published(bus) == before + Counter(bids=1)


BODIES = {
    "nothing": b"",
    "half of it": BODY[:-1],
    "twice": BODY * 2,
    "UTF-16": BODY.decode().encode("utf-16"),
    "not UTF-8": b'{"type": "create", "url": "https://x.example/\xff"}',
    "half a surrogate": b'{"type": "create", "url": "https://x.example/\\ud800"}',
    "NUL": b'{"type": "create", "url": "https://x.example/\\u0000"}',
    "packed": gzip.compress(BODY),
    "a form": b"type=create&url=https%3A%2F%2Fx.example%2F1",
    "deep": b"[" * 200_000,
    "deep and closed": b'{"data":' * 9_000 + b"1" + b"}" * 9_000,
    "a number of 5000 digits": b'{"type":"create","url":"https://x.example/1","timestamp":'
    + b"9" * 5_000
    + b"}",
    "no number": b'{"type":"create","url":"https://x.example/1","timestamp":NaN}',
    "1001 events": b"[" + b",".join([BODY] * 1_001) + b"]",
    "one of them bad": b"[" + b",".join([BODY] * 9) + b",{}]",
}


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_bad_body_is_400(bus: Served, body: bytes) -> None:
    assert say(bus, post(bus, body)) == 400


@pytest.mark.usefixtures("nothing_is_left")
def test_a_packed_body_is_not_unpacked(bus: Served) -> None:
    bomb = gzip.compress(b"[" + b" " * 64 * MIB + b"]")
    length = b"Content-Length: %d" % len(bomb)
    assert say(bus, post(bus, bomb, b"Content-Encoding: gzip", length)) in {400, 415}


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("size", [MIB + 1, 8 * MIB])
def test_a_body_over_1_mib_is_413(bus: Served, size: int) -> None:
    assert say(bus, post(bus, b" " * size)) == 413


@pytest.mark.usefixtures("nothing_is_left")
def test_a_body_over_1_mib_in_chunks_is_413(bus: Served) -> None:
    chunks = (b"10000\r\n" + b" " * 0x10000 + b"\r\n") * 17 + b"0\r\n\r\n"
    assert say(bus, post(bus, chunks, b"Transfer-Encoding: chunked")) == 413


FRAMES = {
    "a length in letters": [b"Content-Length: ten"],
    "a negative length": [b"Content-Length: -1"],
    "a length with a sign": [b"Content-Length: +%d" % len(BODY)],
    "two lengths": [b"Content-Length: %d" % len(BODY), b"Content-Length: 1"],
    "a length and chunks": [b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked"],
    "chunks that are none": [b"Transfer-Encoding: chunked"],
    "chunks twice": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
    "a header without colon": [b"what"],
    "a header without name": [b": what"],
    "a space before the colon": [b"Content-Length : %d" % len(BODY)],
    "a header of 100 KiB": [b"X: " + b"a" * 100 * 1024],
    "a thousand headers": [b"X-%d: a" % number for number in range(1_000)],
}


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("headers", FRAMES.values(), ids=FRAMES)
def test_a_request_of_doubtful_length_is_refused(bus: Served, headers: list[bytes]) -> None:
    status = say(bus, post(bus, BODY, *headers))
    assert status is not None
    assert 400 <= status < 500


LINES = {
    "nothing": b"\r\n\r\n",
    "no version": b"POST /topics/bids\r\n\r\n",
    "a long path": b"POST /topics/" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: bus\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03" + b"a" * 233,
    "zeros": bytes(1_000),
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a control character": b"PO\x01ST /topics/bids HTTP/1.1\r\nHost: bus\r\n\r\n",
}


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_is_no_request_is_no_server_error(bus: Served, line: bytes) -> None:
    status = say(bus, line)
    assert status is None or 400 <= status < 500


PATHS = [
    b"/topics/%00",
    b"/topics/bids%00",
    b"/topics/bids%0d%0aX:%20y",
    b"/topics/%ff",
    b"/topics/%",
    b"/topics/..%2fbids",
    b"/topics/../api_tokens",
    b"/topics/BIDS",
    b"/topics/bids/",
    b"/topics/" + b"a" * 65,
    "/topics/böds".encode(),
    b"*",
]


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("path", PATHS)
def test_a_strange_path_is_400_or_404(bus: Served, path: bytes) -> None:
    assert say(bus, post(bus, BODY, to=path)) in {400, 401, 404, 405}


CREDENTIALS = [
    b"Basic",
    b"Basic !!!",
    b"Basic " + base64.b64encode(b"\xff\xfe:x"),
    b"Basic " + base64.b64encode(b"no colon"),
    b"Basic " + base64.b64encode(b":"),
    b"Bearer",
    b"Bearer \xff",
    b"Bearer " + b"a" * 7_000,
    b"Digest username=x",
    b"' OR 1=1 --",
]


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_strange_credentials_are_401(bus: Served, credentials: bytes) -> None:
    head = b"POST /topics/bids HTTP/1.1\r\nHost: bus\r\nAuthorization: " + credentials
    assert say(bus, head + b"\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY) == 401


@pytest.mark.usefixtures("nothing_is_left")
def test_a_publisher_that_dies_in_the_middle_has_published_nothing(bus: Served) -> None:
    whole = post(bus, BODY)
    for length in (10, whole.index(b"\r\n\r\n"), len(whole) - len(BODY), len(whole) - 1):
        assert say(bus, whole[:length]) != 200


def test_chunks_are_taken(bus: Served) -> None:
    chunks = b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"
    assert say(bus, post(bus, chunks, b"Transfer-Encoding: chunked")) == 200


def test_who_asks_before_sending_is_told_to_go_on(bus: Served) -> None:
    length = b"Content-Length: %d" % len(BODY)
    with bus.connect() as connection:
        connection.sendall(post(bus, b"", length, b"Expect: 100-continue"))
        answer = connection.makefile("rb")
        assert b" 100 " in answer.readline()
        assert answer.readline() == b"\r\n"
        connection.sendall(BODY)
        assert b" 200 " in answer.readline()


def test_two_requests_in_one_breath_are_both_answered(bus: Served) -> None:
    with bus.connect() as connection:
        connection.sendall(post(bus, BODY) * 2)
        answer = connection.makefile("rb")
        statuses = [line for line in iter(answer.readline, b"") if line.startswith(b"HTTP/")][:2]
    assert [line.split()[1] for line in statuses] == [b"200", b"200"]


@pytest.mark.parametrize("path", [b"/topics/bids", b"/subscription"])
def test_callers_that_never_finish_keep_nobody_waiting(bus: Served, path: bytes) -> None:
    with ExitStack() as open_connections:
        for _ in range(200):
            connection = open_connections.enter_context(bus.connect())
            connection.sendall(post(bus, BODY, to=path)[:-1])
        assert publish(bus) == 200
        assert published(bus)
