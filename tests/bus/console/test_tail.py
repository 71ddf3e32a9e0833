"""The newest events: as a page, and for programs as the log."""

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from service_kit.tokens import digest

from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.console.conftest import HAL, Operator


@pytest.fixture(autouse=True)
def published(api: FlaskClient) -> None:
    for topic, several in (("bids", range(60)), ("offers", range(60, 63))):
        events = [{"type": "create", "url": f"https://x.example/{n}"} for n in several]
        assert call(api, "POST", f"/topics/{topic}", events).status_code == 200


def test_the_newest_fifty_come_first(owner: Operator) -> None:
    text = owner.text("/events")
    assert text.index("x.example/62<") < text.index("x.example/61<") < text.index("x.example/13<")
    assert "x.example/12<" not in text
    assert re.search(r'data-after="[0-9a-f]{8}-63"', text)


def test_only_topics_that_are_asked_for(owner: Operator) -> None:
    text = owner.text("/events?topics=offers.create, none")
    assert text.count('<th scope="row"') == 3


def test_a_topic_that_is_none_is_refused_in_plain_words(owner: Operator) -> None:
    answer = owner.see("/events?topics=<b>")
    assert answer.status_code == 400
    assert "<b>" not in answer.text
    assert "topic" in answer.text


def test_a_program_reads_the_log_there(owner: Operator) -> None:
    answer = owner.see("/events?topics=offers&after=beginning", headers={"Accept": HAL})
    assert [event["position"] for event in json.loads(answer.text)["events"]] == [61, 62, 63]


def test_who_may_not_subscribe_is_told_so(
    signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    storage.clients.add_token("subscriber", digest("only-looks-around-here"), {"monitor"})
    looker = signed_in("only-looks-around-here")
    assert "Live tail" not in looker.text("/")
    assert looker.see("/events").status_code == 403
