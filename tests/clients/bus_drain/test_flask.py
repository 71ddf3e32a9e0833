"""A drain inside a Flask app."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import flask
import pytest
from bus_drain import Drain
from bus_drain.flask import mount
from flask_wtf import CSRFProtect

from .conftest import Deliverer, Heard, event


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


def test_importing_the_package_does_not_import_flask() -> None:
    code = "import bus_drain, sys; sys.exit('flask' in sys.modules or 'werkzeug' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
