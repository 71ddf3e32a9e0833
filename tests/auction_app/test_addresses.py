"""Addresses and fields with what databases don't take, at every path, on both engines."""

import dataclasses
from collections.abc import Callable

import pytest

from auction_app.config import Config
from tests.auction_app.conftest import World
from tests.hostile_addresses import addresses, answered_5xx

pytestmark = pytest.mark.slow

FIELDS = """name email password current new next maximum ticket key bidder answer question
note action reason status text up down remove title description start_price currency ends zone
category watch language photos word token""".split()
HOSTILE = ["a\x00b", "9" * 400, "1\r\nX: y"]


@pytest.fixture(params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, make_world: Callable[..., World], config: Config
) -> World:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")
        config = dataclasses.replace(config, database_url=url)
    return make_world(config)


def test_no_address_is_a_5xx(world: World) -> None:
    world.app.testing = False
    browser = world.moderator("Mod")

    def status(_method: str, path: str) -> int:
        return browser.client.get(path, buffered=True).status_code

    assert answered_5xx(world.app, status) == []


def test_no_field_is(world: World) -> None:
    world.app.testing = False
    seller, item = world.moderator("Mod"), world.member("Seller").list_item()
    paths = {
        rule.rule.replace("<string:auction_id>", item.rpartition("/")[2])
        for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "sign-out" not in rule.rule
    }
    found = []
    for path in sorted(paths):
        for value in HOSTILE:
            answer = seller.post(path, dict.fromkeys(FIELDS, value))
            found += [f"{path} {value[:9]!r}"] if answer.status_code >= 500 else []
    assert found == []


def test_there_are_addresses_to_try(world: World) -> None:
    assert len([*addresses(world.app)]) > 300
