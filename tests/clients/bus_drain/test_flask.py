"""A drain inside a Flask app."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import flask
import pytest
from bus_drain import Drain, with_body
from bus_drain.flask import mount
from flask_wtf import CSRFProtect
from werkzeug.serving import make_server

from .conftest import Deliverer, Heard, event, signature_headers


@pytest.fixture
def app(make_drain: Callable[..., Drain]) -> flask.Flask:
    app = flask.Flask(__name__)
    app.secret_key = "only in this test"
    view = mount(app, "/events", make_drain())
    CSRFProtect(app).exempt(view)
    return app


def test_a_delivery_passes_through_flask_and_its_csrf_protection(
    app: flask.Flask, heard: Heard
) -> None:
    assert Deliverer(app)([event(3)], path="/events").status_code == 204
    assert heard.urls == ["https://bids.example/bids/3"]


def test_the_apps_request_hooks_run(app: flask.Flask) -> None:
    seen: list[str] = []
    app.before_request(lambda: seen.append(flask.request.path))

    Deliverer(app)([event()], path="/events")

    assert seen == ["/events"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_it_is_the_drain_that_refuses_other_methods(app: flask.Flask, method: str) -> None:
    answer = app.test_client().open("/events", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_bad_delivery_is_refused_by_the_drain(app: flask.Flask) -> None:
    assert Deliverer(app)({}, path="/events").status_code == 400


def test_two_drains_live_in_one_app(app: flask.Flask, make_drain: Callable[..., Drain]) -> None:
    other = flask.Flask(__name__)
    mount(other, "/one", make_drain())
    mount(other, "/two", make_drain())

    assert Deliverer(other)([event()], path="/one").status_code == 204
    assert Deliverer(other)([event()], path="/two").status_code == 204


@pytest.mark.slow
def test_importing_the_package_does_not_import_flask() -> None:
    code = "import bus_drain, sys; sys.exit('flask' in sys.modules or 'werkzeug' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0


READERS: dict[str, Callable[[], object]] = {
    "get_data": lambda: flask.request.get_data(cache=True),
    "data": lambda: flask.request.data,
    "get_json": lambda: flask.request.get_json(silent=True),
    "json twice": lambda: (flask.request.json, flask.request.json),
    "form": lambda: flask.request.form.get("a"),
    "values and data": lambda: (flask.request.values.get("a"), flask.request.get_data()),
    "data as text": lambda: flask.request.get_data(as_text=True),
}


def reading(reader: str) -> Callable[[], None]:
    """A hook that reads the body."""

    def hook() -> None:
        READERS[reader]()

    return hook


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_hook_may_read_the_body_first(
    app: flask.Flask, heard: Heard, reader: str, chunked: bool
) -> None:
    app.before_request(reading(reader))
    body = json.dumps([event(3)]).encode()
    how: dict[str, object] = {"data": body}
    if chunked:
        terminated = {"wsgi.input_terminated": True}
        how = {"input_stream": io.BytesIO(body), "environ_overrides": terminated}
    headers = signature_headers(body)
    answer = app.test_client().post(
        "/events", content_type="application/json", headers=headers, **how
    )
    assert answer.status_code == 204
    assert heard.urls == ["https://bids.example/bids/3"]


def test_a_drain_in_a_blueprint_hears_what_hooks_of_app_and_blueprint_have_read(
    make_drain: Callable[..., Drain], heard: Heard
) -> None:
    blueprint = flask.Blueprint("hooks", __name__, url_prefix="/hooks")
    mount(blueprint, "/v1.0/events", make_drain())
    app = flask.Flask(__name__)
    app.before_request(reading("get_data"))
    blueprint.before_request(reading("get_json"))
    app.register_blueprint(blueprint)
    assert Deliverer(app)([event(3)], path="/hooks/v1.0/events").status_code == 204
    assert heard.urls == ["https://bids.example/bids/3"]


def test_a_body_that_a_hook_has_read_is_bounded_and_checked_as_ever(app: flask.Flask) -> None:
    app.before_request(reading("get_data"))
    body = b" " * (2 * 1024 * 1024)
    assert Deliverer(app)(body=body, path="/events").status_code == 413
    answer = Deliverer(app)([event()], path="/events", headers=signature_headers(b"[]"))
    assert answer.status_code == 401


STREAMS: dict[str, Callable[[], Any]] = {
    "stream": lambda: flask.request.stream,
    "input_stream": lambda: flask.request.input_stream,
    "wsgi.input": lambda: flask.request.environ["wsgi.input"],
}


@pytest.fixture
def in_development(app: flask.Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The app in Flask's own server, whose streams are connections; its port."""
    monkeypatch.setattr("bus_drain.flask._BODY_S", 0.2)
    server = make_server("127.0.0.1", 0, app)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.port
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("share", [0.5, 1])
@pytest.mark.parametrize("how", ["read", "readline"])
@pytest.mark.parametrize("stream", STREAMS)
def test_a_hook_that_takes_of_the_stream_hangs_no_server(
    app: flask.Flask, in_development: int, heard: Heard, stream: str, how: str, share: float
) -> None:
    body = json.dumps([event(3)]).encode()

    def hook() -> None:
        if flask.request.headers.get("X-Take"):
            getattr(STREAMS[stream](), how)(int(len(body) * share))

    app.before_request(hook)
    headers = signature_headers(body) | {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", in_development, timeout=20)
    with closing(connection):
        connection.request("POST", "/events", body, headers | {"X-Take": "1"})
        answer = connection.getresponse()
        assert answer.status == 400
        said = answer.read()
        assert any(words in said for words in (b"ended early", b"shorter", b"read before"))
    assert heard.urls == []
    with closing(connection):
        connection.request("POST", "/events", body, headers)
        assert connection.getresponse().status == 204
    assert heard.urls == ["https://bids.example/bids/3"]


def test_another_framework_hands_on_the_body_it_has_read(
    make_drain: Callable[..., Drain], heard: Heard
) -> None:
    drain = make_drain()

    def framework(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return drain(with_body(environ, body), start_response)

    assert Deliverer(framework)([event(3)]).status_code == 204
    assert heard.urls == ["https://bids.example/bids/3"]


def test_who_reads_it_and_hands_on_nothing_is_told(make_drain: Callable[..., Drain]) -> None:
    drain = make_drain()

    def framework(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"].read()
        return drain(environ, start_response)

    answer = Deliverer(framework)([event(3)])
    assert answer.status_code == 400
    assert "read before" in answer.text
