"""The canary of service_kit/compat/gunicorn.py."""

import inspect
import socket
import threading
from types import SimpleNamespace
from typing import Any

from gunicorn.config import Config
from gunicorn.http.wsgi import default_environ
from gunicorn.workers.gthread import TConn, ThreadWorker
from service_kit.compat.gunicorn import DeadlineThreads, peer_of

BROKEN = (
    "gunicorn's threaded worker no longer works as service_kit/compat/gunicorn.py expects: {what}."
    " The bus would wait for requests for ever; tests/bus/hostile/test_slow_requests.py tries it."
)


class Hurried(DeadlineThreads):
    request_s = -1.0  # whoever is being read is late


def test_a_thread_that_reads_too_long_finds_the_end() -> None:
    worker: Any = Hurried.__new__(Hurried)
    worker._since, worker.tmp = {}, SimpleNamespace(notify=lambda: None)
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


def test_a_request_shows_its_socket() -> None:
    request = SimpleNamespace(method="GET", query="", uri="/", version=(1, 1), body=b"")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = default_environ(request, ours, Config())
        assert peer_of(environ) is ours, BROKEN.format(what="no `gunicorn.socket`")
