"""Attempts: found by what came of them, shown with their heads and bodies, made again."""

from html import unescape

import pytest
from flask.testing import FlaskClient

from bus.model.delivery import Attempt
from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.clock import START_MS
from tests.bus.console.conftest import SUBSCRIPTION, Operator

ATTEMPTS = f"{SUBSCRIPTION}/attempts"


@pytest.fixture(autouse=True)
def attempts(api: FlaskClient, storage: Storage) -> None:
    """One that passed, one that failed a minute later, one without an answer after that."""
    events = [{"type": "create", "url": f"https://x.example/{n}"} for n in range(3)]
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u-1"}
    assert call(api, "POST", "/topics/bids", events).status_code == 200
    assert call(api, "PUT", SUBSCRIPTION, wanted, by="subscriber").status_code == 201
    one = storage.subscriptions.find(storage.clients.id_of("subscriber"), "default")
    made = [
        Attempt(
            id=0,
            subscription_id=one,
            at_ms=START_MS + 60_000 * n,
            duration_ms=12,
            attempt=n + 1,
            events=1,
            first_position=n + 1,
            last_position=n + 1,
            status=status,
            error=error,
            request_head="Content-Type: a/b\nAuthorization: ***\nHost: s\nwebhook-id: it's\n",
            request_body=b'[{"url": "https://x.example/%d"}]' % n,
            response_head="HTTP/1.1 500 Oops\r\n",
            response_body=b"<b>broken</b>",
            connect_ms=2,
            first_byte_ms=9,
            total_ms=12,
            positions=f"{n + 1}",
        )
        for n, (status, error) in enumerate([(204, None), (500, None), (None, "timed out")])
    ]
    storage.attempts.add(made, START_MS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 3),
        ("status=5xx", 1),
        ("status=error", 1),
        ("status=&url=&since=&until=", 3),
        ("since=2023-11-14T22:14:20", 2),
        ("until=2023-11-14T22:14:00", 1),
    ],
)
def test_attempts_are_found_by_what_came_of_them_and_when(
    owner: Operator, asked: str, found: int
) -> None:
    assert owner.text(f"{ATTEMPTS}?{asked}").count('<th scope="row"') == found


@pytest.mark.parametrize("asked", ["status=odd", "since=yesterday"])
def test_a_filter_that_says_nothing_is_told_so(owner: Operator, asked: str) -> None:
    answer = owner.see(f"{ATTEMPTS}?{asked}")
    assert answer.status_code == 400
    assert "Main" in answer.text


def test_an_attempt_shows_all_of_it_and_how_to_repeat_it_in_a_shell(owner: Operator) -> None:
    text = unescape(owner.text(f"{ATTEMPTS}/2"))
    assert "connected after 2 ms, first byte after 9 ms" in text
    assert "broke down over the delivery" in text
    assert "<code><b>broken" not in owner.text(f"{ATTEMPTS}/2")
    assert """-H 'webhook-id: it'"'"'s'""" in text
    assert "-H 'Content-Type: a/b'" in text
    assert not any(f"-H '{hidden}" in text for hidden in ("Host", "Authorization: *"))


def test_resend(owner: Operator) -> None:
    answer = owner.press(f"{ATTEMPTS}/2/resend", f"{ATTEMPTS}/2")
    assert answer.status_code == 303
    assert "sent once more" in owner.client.get(answer.headers["Location"]).text
