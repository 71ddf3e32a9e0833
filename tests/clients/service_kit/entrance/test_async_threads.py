"""The threads' server with an app that takes some requests without a thread each."""

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.clients.service_kit.entrance.test_servers import GUNICORN, answers
from tests.procfile import Processes
from tests.sockets import free_port
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.slow

HERE = "tests.clients.service_kit.entrance.async_app"
COMMAND = f'{GUNICORN} --threads 2 -k {HERE}.Threads "{HERE}:create_app()"'
TIMEOUT = "TimeoutError()"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    command = COMMAND.replace("$PORT", str(port))
    processes = Processes({"server": command}, {}, {}, tmp_path_factory.mktemp("async"))
    try:
        processes.launch()
        wait_for(lambda: answers(port), seconds=60)
        yield port
    finally:
        processes.close()


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)


def ask(connection: http.client.HTTPConnection, path: str, body: bytes = b"abc") -> str:
    connection.request("POST", path, body)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/loop", "loop 3"),
        ("/elsewhere", "thread"),
        ("/loop?a", "thread"),
        ("/fails", "ValueError('why')"),
        ("/again", "thread"),
        ("/never", TIMEOUT),
        ("/bug", "thread"),
    ],
)
def test_each_request_is_answered_once_and_its_connection_stays(
    port: int, path: str, said: str
) -> None:
    with closing(connect(port)) as connection:
        first = ask(connection, "/loop", b"")
        ours = connection.sock
        assert [first, ask(connection, path), ask(connection, "/loop")] == [
            "loop 0",
            said,
            "loop 3",
        ]
        assert connection.sock is ours


def test_an_answer_has_the_head_that_gunicorn_gives_it(port: int) -> None:
    with closing(connect(port)) as connection:
        names = []
        for path in ("/loop", "/elsewhere"):
            connection.request("POST", path, b"abc")
            answer = connection.getresponse()
            answer.read()
            names.append([name for name, _ in answer.getheaders() if name != "X-Way"])
    assert names[0] == names[1]


def test_more_wait_than_there_are_threads_and_others_are_answered(port: int) -> None:
    with ExitStack() as stack:
        waiting = [stack.enter_context(closing(connect(port))) for _ in range(10)]
        for one in waiting:
            one.request("POST", "/never", b"abc")
        with closing(connect(port)) as other:
            assert ask(other, "/elsewhere") == "thread"
        assert [one.getresponse().read().decode() for one in waiting] == [TIMEOUT] * 10


def test_two_requests_at_once_are_answered_in_their_order(port: int) -> None:
    one = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(one % b"/loop" + one % b"/elsewhere" + one % b"/loop")
        heard = b""
        while heard.count(b"HTTP/1.1 200") < 3 or not heard.endswith(b"loop 0"):
            heard += connection.recv(65536)
    bodies = [part.partition(b"\r\n\r\n")[2] for part in heard.split(b"HTTP/1.1 ")[1:]]
    assert [body[:4] for body in bodies] == [b"thre", b"thre", b"loop"]


def test_who_hangs_up_or_takes_no_answer_holds_nobody_up(port: int) -> None:
    request = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(4):
            connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
            stack.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request % b"/long")
        for path in (b"/loop", b"/never", b"/long"):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as gone:
                gone.sendall(request % path)
        with closing(connect(port)) as other:
            assert ask(other, "/loop") == "loop 3"
        wait_for(lambda: answers(port), seconds=PATIENCE_S)


def test_a_long_answer_comes_whole(port: int) -> None:
    with closing(connect(port)) as connection:
        assert len(ask(connection, "/long")) == 40_000_000
        assert ask(connection, "/loop") == "loop 3"


def test_who_waits_is_answered_by_a_server_that_stops(tmp_path: Path) -> None:
    port = free_port()
    command = COMMAND.replace("$PORT", str(port))
    processes = Processes({"server": command}, {}, {}, tmp_path)
    try:
        processes.launch()
        wait_for(lambda: answers(port), seconds=60)
        with closing(connect(port)) as waiting, closing(connect(port)) as other:
            waiting.request("POST", "/never", b"abc")
            ask(other, "/loop")  # it has begun, for it came before
            os.kill(processes.pid("server"), signal.SIGTERM)
            assert waiting.getresponse().read().decode() == TIMEOUT
    finally:
        processes.close()
