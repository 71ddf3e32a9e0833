"""The canary of service_kit/compat/gunicorn.py."""

import inspect
import socket
import threading
from types import SimpleNamespace
from typing import Any

from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import default_environ
from gunicorn.workers.gthread import TConn, ThreadWorker
from service_kit.compat.gunicorn import BufferingThreads, peer_of
from service_kit.compat.gunicorn_request import BoundedRequest

BROKEN = (
    "gunicorn's threaded worker no longer works as service_kit/compat/gunicorn.py expects: {what}."
    " tests/clients/service_kit/entrance/test_servers.py tries it whole."
)


class Hurried(BufferingThreads):
    request_s = -1.0  # whoever is being read is late
    answer_s = 60.0


def test_a_thread_that_reads_too_long_finds_the_end() -> None:
    worker: Any = Hurried.__new__(Hurried)
    worker._since, worker._arriving, worker._lingering = {}, {}, {}
    worker.alive, worker.nr_conns = True, 0
    worker.tmp = SimpleNamespace(notify=lambda: None)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = TConn(Config(), ours, None, None)
        ours.settimeout(20)
        worker._since[connection] = 0.0
        reader = threading.Thread(target=ours.recv, args=(1,))
        reader.start()
        worker.notify()
        reader.join(20)
        assert not reader.is_alive(), BROKEN.format(what="a connection has no `sock`")


def test_its_main_loop_calls_what_we_override() -> None:
    assert "self.notify()" in inspect.getsource(ThreadWorker.run), BROKEN.format(
        what="its loop does not call `notify`"
    )
    assert "self.handle, conn" in inspect.getsource(ThreadWorker.enqueue_req), BROKEN.format(
        what="a thread does not begin with `handle`"
    )
    for name in ("accept", "on_client_socket_readable", "finish_request"):
        assert "self.enqueue_req(conn)" in inspect.getsource(getattr(ThreadWorker, name)), (
            BROKEN.format(what=f"`{name}` does not call `enqueue_req`")
        )


def test_a_parser_can_be_given_what_was_read_and_another_kind_of_request() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        parser = RequestParser(Config(), ours, None)
        parser.unreader.unread(b"GET /a HTTP/1.1\r\n\r\n")
        kind = type("Small", (BoundedRequest,), {"max_head_bytes": 100})
        parser.mesg_class = kind
        assert isinstance(next(parser), kind), BROKEN.format(what="no `unread` or `mesg_class`")


def test_a_request_shows_its_socket() -> None:
    request = SimpleNamespace(method="GET", query="", uri="/", version=(1, 1), body=b"")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = default_environ(request, ours, Config())
        assert peer_of(environ) is ours, BROKEN.format(what="no `gunicorn.socket`")


def test_a_connection_that_another_worker_took_meanwhile_is_not_missed() -> None:
    worker: Any = Hurried.__new__(Hurried)
    worker.place, worker.nr_conns = 0, 1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        worker.accept(listener)
    assert worker.nr_conns == 1, BROKEN.format(what="`accept` raises where nobody waits")
