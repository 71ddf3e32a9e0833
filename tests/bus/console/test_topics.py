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
