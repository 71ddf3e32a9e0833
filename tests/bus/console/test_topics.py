"""Topics: claimed, described, published to and let go by who may publish."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from service_kit.tokens import digest

from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.conftest import TOKENS
from tests.bus.console.conftest import Operator


@pytest.fixture
def seller(signed_in: Callable[[str], Operator]) -> Operator:
    return signed_in(TOKENS["publisher"])


def test_a_topic_is_claimed_described_published_to_and_let_go(
    seller: Operator, api: FlaskClient
) -> None:
    claimed = seller.press("/topics", "/topics", topic="crates", description="Of wood")
    assert claimed.headers["Location"].startswith("/console/topics/crates?")
    schema = '{"type": "object"}'
    said = seller.press("/topics/crates/about", "/topics/crates", description="", schema=schema)
    assert said.status_code == 303
    event = {"type": "create", "url": "https://x.example/1", "data": '{"n": 1}'}
    assert seller.press("/topics/crates/publish", "/topics/crates", **event).status_code == 303
    one = call(api, "GET", "/topics/crates", by="publisher").get_json(force=True)
    assert (one["publisher"], one["events"]) == ("publisher", 1)
    assert (one["description"], one["schema"]) == (None, {"type": "object"})
    assert seller.press("/topics/crates/delete", "/topics/crates").status_code == 303
    assert call(api, "GET", "/topics/crates", by="publisher").status_code == 404


@pytest.mark.parametrize(
    ("where", "typed", "said"),
    [
        ("publish", {"type": "create", "url": "nowhere"}, "url"),
        ("publish", {"type": "create", "url": "https://typed.example/", "data": "{"}, "not JSON"),
        ("about", {"schema": "[1]"}, "schema is not a JSON Schema"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    seller: Operator, where: str, typed: dict[str, str], said: str
) -> None:
    seller.press("/topics", "/topics", topic="crates")
    answer = seller.press(f"/topics/crates/{where}", "/topics/crates", **typed)
    assert answer.status_code == 400
    assert said in answer.text
    assert all(value in answer.text for value in typed.values())


def test_who_may_not_publish_sees_no_form_for_it(
    root: Operator, signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    storage.clients.add_token("subscriber", digest("only-looks-around-here"), {"monitor"})
    for operator in (root, signed_in("only-looks-around-here")):
        assert "Claim a topic" not in operator.text("/topics")
    other = signed_in(TOKENS["stranger"])
    signed_in(TOKENS["publisher"]).press("/topics", "/topics", topic="crates")
    assert "/topics/crates/publish" not in other.text("/topics/crates")
    assert other.press("/topics/crates/delete", "/topics").status_code == 403


def test_the_catalogue_tells_what_is_published_and_how_to_get_it(
    api: FlaskClient, root: Operator, owner: Operator, storage: Storage
) -> None:
    schema = {
        "type": "object",
        "required": ["price"],
        "properties": {"price": {"type": "integer", "minimum": 3, "description": "In <cents>"}},
    }
    about = {"description": "Bids & more.", "schema": schema}
    assert call(api, "PUT", "/topics/bids", about).status_code == 204
    event = {"type": "create", "url": "https://x.example/7", "data": {"price": 5}}
    assert call(api, "POST", "/topics/bids", event).status_code == 200
    for who in (root, owner):
        assert "Bids &amp; more." in who.text("/topics")
        shown = who.text("/topics/bids")
        for words in ("3 or more", "In &lt;cents&gt;", "https://x.example/7", "How to get them"):
            assert words in shown
        assert "gavel.bids.create" in shown
        assert "bus subscribe NAME --topic bids" in shown


def test_who_may_not_read_sees_no_event_in_the_catalogue(
    api: FlaskClient, signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    call(api, "POST", "/topics/bids", {"type": "create", "url": "https://x.example/7"})
    storage.clients.add_token("subscriber", digest("only-looks-around-here"), {"monitor"})
    shown = signed_in("only-looks-around-here").text("/topics/bids")
    assert "It has no schema" in shown
    for words in ("https://x.example/7", "How to get them", "Latest events"):
        assert words not in shown


def test_the_bus_tells_of_its_own_topic(api: FlaskClient, root: Operator) -> None:
    wanted = {"topics": ["bus"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", wanted, by="subscriber")
    shown = root.text("/topics/bus")
    assert "the bus itself" in shown
    assert "dead_letters" in shown
