"""The canary of service_kit/compat/gunicorn_async.py."""

import inspect
import socket

from gunicorn import SERVER
from gunicorn.config import Config
from gunicorn.http.wsgi import Response
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import PollableMethodQueue, ThreadWorker
from service_kit.compat.gunicorn_async import _answer

BROKEN = (
    "gunicorn's threaded worker no longer works as service_kit/compat/gunicorn_async.py expects:"
    " {what}. tests/clients/service_kit/entrance/test_async_threads.py tries it whole."
)


def test_its_main_loop_calls_what_we_override() -> None:
    assert "self.wait_for_and_dispatch_events(" in inspect.getsource(ThreadWorker.run), (
        BROKEN.format(what="its loop does not call `wait_for_and_dispatch_events`")
    )
    assert "self.load_wsgi()" in inspect.getsource(Worker.init_process), BROKEN.format(
        what="it does not call `load_wsgi`"
    )
    assert "len(self.keepalived_conns) >= self.max_keepalived" in inspect.getsource(
        ThreadWorker.handle_request
    ), BROKEN.format(what="it counts otherwise how many connections may stay")


def test_what_is_deferred_is_called_by_the_main_loop() -> None:
    queue = PollableMethodQueue()
    called: list[int] = []
    queue.init()
    try:
        queue.defer(called.append, 1)
        queue.run_callbacks(None)
    finally:
        queue.close()
    assert called == [1], BROKEN.format(what="no `method_queue.defer`")


def test_an_answer_begins_as_gunicorn_has_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request = type("Request", (), {"version": (1, 1), "method": "POST"})()
        request.should_close = lambda: False
        response = Response(request, ours, Config())
        response.start_response("201 CREATED", [("Content-Length", "1")])
        names = [line.partition(":")[0] for line in response.default_headers()]
    head = _answer(201, {}, b"a").decode().partition("\r\n\r\n")[0].split("\r\n")
    assert head[0] == "HTTP/1.1 201 CREATED"
    assert [line.partition(":")[0] for line in head[1:-1]] == names[1:], BROKEN.format(
        what="an answer has other fields"
    )
    assert f"Server: {SERVER}" in head
