"""The console of a bus with two logs (docs/delivery.md D38)."""

from typing import Any

import pytest

from bus.app import create_app
from bus.config import Config
from bus.storage import Logs
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY, TOKENS
from tests.bus.console.conftest import SUBSCRIPTION, Operator


@pytest.fixture
def app(config: Config, logs: Logs, clock: FakeClock) -> Any:
    return create_app(config, logs=logs, clock=clock)


@pytest.fixture
def operator(app: Any) -> Operator:
    """Who runs a bus that has a subscription to topics of both logs."""
    api = app.test_client()
    publisher, subscriber = [(TOKENS[name], "x") for name in ("publisher", "subscriber")]
    event = {"type": "create", "url": "https://x.example/1"}
    wanted = {"topics": ["bids", "views"], "callback": "http://127.0.0.1:1/", "uuid": "u-1"}
    api.put("/topics/views", json={"log": "two"}, auth=publisher)
    api.put(SUBSCRIPTION, json=wanted, auth=subscriber)
    for topic in ("bids", "views", "views"):
        assert api.post(f"/topics/{topic}", json=event, auth=publisher).status_code == 200
    made = Operator(app.test_client())
    assert made.sign_in(ROOT_KEY).status_code == 303
    return made


def test_a_page_shows_a_subscription_in_all_logs_and_leads_to_each(operator: Operator) -> None:
    whole = operator.text(SUBSCRIPTION)
    assert "3 events" in whole
    assert f'href="/console{SUBSCRIPTION}@two"' in whole
    assert "subscriber/default@two" in whole
    assert "3 events" in operator.text("/")


def test_a_page_shows_a_subscription_in_one_log_and_leads_back(operator: Operator) -> None:
    here = f"{SUBSCRIPTION}@two"
    page = operator.text(here)
    assert "2 events" in page
    assert f'href="/console{SUBSCRIPTION}">In all logs' in page
    assert f"{here}/dead-letters" in page
    assert "/pause" not in page.split("<h2")[0]
    for part in ("attempts", "parked", "dead-letters", "seek?to=beginning"):
        assert "@two" in operator.text(f"{here}/{part}")
    assert operator.press(f"{here}/seek", f"{here}/seek", to="now").status_code == 303
    assert "none" in operator.text(here)
    assert "1 event" in operator.text(SUBSCRIPTION)


def test_a_topic_says_which_log_it_is_in(operator: Operator) -> None:
    assert "<dt>Log</dt><dd>two</dd>" in operator.text("/topics/views")
    assert "<dt>Log</dt><dd>main</dd>" in operator.text("/topics/bids")
