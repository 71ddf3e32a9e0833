"""The console of a bus in process, and browsers of Flask's own to look at it with."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bus.app import create_app
from bus.config import Config
from bus.storage import Logs, Storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY, TOKENS

HAL = "application/hal+json"
SUBSCRIPTION = "/clients/subscriber/subscriptions/default"


@dataclass
class Operator:
    """Somebody at a browser: `see` opens a page, `press` sends the form that posts to a path."""

    client: FlaskClient

    def see(self, path: str, **how: Any) -> TestResponse:
        """A page, whatever its status."""
        return self.client.get(f"/console{path}", **how)

    def text(self, path: str) -> str:
        """A page that is there."""
        answer = self.see(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def press(self, path: str, on: str = "/", **fields: Any) -> TestResponse:
        """Send a form of the page `on`."""
        return self.client.post(f"/console{path}", data={"csrf_token": self.csrf(on), **fields})

    def csrf(self, on: str = "/") -> str:
        """What forms of this browser carry."""
        found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', self.see(on).text)
        assert found
        return found[1]

    def sign_in(self, token: str) -> TestResponse:
        """Fill in the form."""
        return self.press("/sign-in", "/sign-in", token=token)


@pytest.fixture
def app(config: Config, storage: Storage, clock: FakeClock) -> Any:
    return create_app(config, logs=Logs(storage), clock=clock)


@pytest.fixture
def api(app: Any) -> FlaskClient:
    client: FlaskClient = app.test_client()
    return client


@pytest.fixture
def stranger(app: Any) -> Operator:
    """Who is not signed in."""
    return Operator(app.test_client())


@pytest.fixture
def signed_in(app: Any) -> Callable[[str], Operator]:
    """Makes somebody who has signed in with a token."""

    def make(token: str) -> Operator:
        operator = Operator(app.test_client())
        assert operator.sign_in(token).status_code == 303
        return operator

    return make


@pytest.fixture
def root(signed_in: Callable[[str], Operator]) -> Operator:
    """Who has the root key."""
    return signed_in(ROOT_KEY)


@pytest.fixture
def owner(signed_in: Callable[[str], Operator]) -> Operator:
    """Who has the subscriber's token."""
    return signed_in(TOKENS["subscriber"])
