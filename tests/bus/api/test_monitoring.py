import pytest
from werkzeug.test import Client

from bus.api import monitoring
from bus.storage import Storage
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


class Slowness:
    """Instead of the clock: how often an answer was delayed."""

    def __init__(self) -> None:
        self.answers = 0

    def sleep(self, _seconds: float) -> None:
        self.answers += 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slowness:
    made = Slowness()
    monkeypatch.setattr(monitoring, "time", made)
    return made


def scaling(api: Client) -> int:
    return call(api, "GET", "/pulse/scaling").status_code


def test_scaling_answers_slowly_while_too_much_waits(api: Client, slow: Slowness) -> None:
    subscription = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    call(api, "POST", "/topics/bids", [EVENT] * 1_000)
    assert (scaling(api), slow.answers) == (204, 0)
    call(api, "POST", "/topics/bids", EVENT)
    assert (scaling(api), slow.answers) == (204, 1)


@pytest.mark.parametrize(
    ("table", "change"), [("subscriptions", "state = 'disabled'"), ("cursors", "failures = 3")]
)
def test_what_no_pusher_could_deliver_asks_for_none(
    api: Client, storage: Storage, slow: Slowness, table: str, change: str
) -> None:
    subscription = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    for _ in range(2):
        call(api, "POST", "/topics/bids", [EVENT] * 1_000)
    with storage._driver.writing() as statements:
        statements.run(f"UPDATE {table} SET {change}")
    assert (scaling(api), slow.answers) == (204, 0)
