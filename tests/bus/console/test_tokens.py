"""Clients and tokens: made, shown once, revoked; for the root key."""

import re

import pytest
from flask.testing import FlaskClient

from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.console.conftest import Operator

TOKENS = "/api_tokens"


def test_an_owner_does_not_see_tokens(owner: Operator) -> None:
    assert "Clients and tokens" not in owner.text("/")
    answer = owner.see(TOKENS)
    assert answer.status_code == 401
    assert "root key is needed" in answer.text


def test_a_new_token_is_shown_once_and_is_good_for_what_was_ticked(
    root: Operator, api: FlaskClient
) -> None:
    answer = root.press(TOKENS, TOKENS, name="new-one", scope=["monitor"], topics="bids, offers")
    found = re.search(r'class="once"><code>(.*?)</code>', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert found
    event = {"type": "create", "url": "https://x.example/1"}
    assert call(api, "POST", "/topics/bids", event, by=found[1]).status_code == 200
    assert call(api, "POST", "/topics/others", event, by=found[1]).status_code == 403
    assert "monitor, publish:bids, publish:offers" in root.text(TOKENS)
    assert found[1] not in root.text(TOKENS)


@pytest.mark.parametrize(
    "typed", [{"name": "a b", "scope": "monitor"}, {"name": "ada"}, {"name": "ada", "topics": "B"}]
)
def test_a_token_that_can_not_be_is_refused_with_the_reason(
    root: Operator, typed: dict[str, str]
) -> None:
    answer = root.press(TOKENS, TOKENS, **typed)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert f'value="{typed["name"]}"' in answer.text


def test_a_token_is_revoked_by_its_id(root: Operator, storage: Storage) -> None:
    one = storage.clients.tokens(client="stranger")[0]
    answer = root.press(f"{TOKENS}/{one.id}/revoke", TOKENS)
    assert answer.status_code == 303
    assert "Revoked." in root.client.get(answer.headers["Location"]).text
    assert storage.clients.tokens(client="stranger") == []
    assert root.press(f"{TOKENS}/{one.id}/revoke", TOKENS).status_code == 404
