import time

import pytest
from werkzeug.test import Client

from bus.api import pulse
from tests.bus.api.calling import call
from tests.bus.clock import FakeClock

EVENT = {"type": "create", "url": "https://x.example/1"}


@pytest.mark.parametrize("by", ["publisher", "root"])
@pytest.mark.parametrize("path", ["/pulse", "/pulse/scaling"])
def test_a_healthy_bus_has_a_pulse(api: Client, path: str, by: str) -> None:
    response = call(api, "GET", path, by=by)
    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.parametrize("path", ["/health", "/healthz", "/readyz"])
def test_health_needs_no_token(api: Client, path: str) -> None:
    assert call(api, "GET", path, by=None).status_code == 200


@pytest.mark.parametrize("path", ["/health/ping", "/health/ping.json"])
def test_ping_tells_the_time(api: Client, clock: FakeClock, path: str) -> None:
    assert call(api, "GET", path, by=None).get_json() == {"pong": clock()}


def test_scaling_answers_slowly_while_too_much_waits(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    monkeypatch.setattr(pulse, "SLOW_ANSWER_S", 0.1)
    for _ in range(2):
        call(api, "POST", "/topics/bids", [EVENT] * 1_000)
    before = time.monotonic()
    assert call(api, "GET", "/pulse/scaling").status_code == 204
    assert time.monotonic() - before >= 0.1
