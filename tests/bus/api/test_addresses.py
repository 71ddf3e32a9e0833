"""Addresses with what databases don't take, at every path of the bus, on both engines."""

import pytest
from flask import Flask

from bus.app import create_app
from bus.config import Config
from bus.storage import Logs, Storage
from tests.bus.api.calling import call
from tests.bus.clock import FakeClock
from tests.hostile_addresses import answered_5xx

pytestmark = pytest.mark.slow

ONE = "/clients/subscriber/subscriptions/one"
SUBSCRIPTION = {"topics": ["*"], "callback": "https://x.example/", "uuid": "u"}


@pytest.fixture(params=["sqlite_file", "postgres_database"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def app(config: Config, storage: Storage, clock: FakeClock) -> Flask:
    return create_app(config, logs=Logs(storage), clock=clock)


def test_no_address_is_a_5xx(app: Flask) -> None:
    client = app.test_client()

    def status(method: str, path: str) -> int:
        return call(client, method, path, by="root").status_code

    assert answered_5xx(app, status, "GET PUT") == []


def test_below_a_subscription_neither(app: Flask) -> None:
    client = app.test_client()
    call(client, "PUT", ONE, SUBSCRIPTION, by="root")
    for number in ("-1", "0", "9223372036854775808", "9" * 40, "%00", "1%00", "9" * 5000):
        for path in ("attempts/{}", "dead-letters/{}"):
            answer = call(client, "GET", f"{ONE}/{path.format(number)}", by="root")
            assert answer.status_code in {400, 404}
        for path in ("attempts?before={}", "dead-letters?after={}", "parked?after={}"):
            answer = call(client, "GET", f"{ONE}/{path.format(number)}", by="root")
            assert answer.status_code in {200, 400}
