"""A device with a real token that asks for what is other people's, at every address there is."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from auction_app.db.tables import metadata
from tests.auction_app.conftest import Browser, World, as_program, path_of
from tests.auction_app.devices.test_devices import add_device, sell_more
from tests.auction_app.sale import close
from tests.auction_app.tour import Tour, begin, paths, rules

pytestmark = pytest.mark.slow

ADDRESS = {"name": "A. Buyer", "street": "12 Mill Lane", "city": "Leeds", "country": "GB"}
WRITTEN = "The key is under the mat."
OF_OTHERS = (ADDRESS["street"], WRITTEN, "ada@example.org", "sam@example.org")
OWN = {"/my/orders", "/me/events", "/metrics"}
"""Its own sales; and what counts itself."""
_OF_ONE_PAGE = re.compile(rb'(name="csrf_token" value="|nonce[=-]"?)[^"\']+')


def sold_to_ada(world: World, tour: Tour) -> str:
    """An order that exists, with an address, a message and a request in it; its id."""
    order = sell_more(world, tour.sale, tour.sale.sam)
    ada = tour.sale.ada
    assert ada.post(f"{order}/address", ADDRESS).status_code == 303
    assert ada.post(f"{order}/messages", {"message": WRITTEN}).status_code == 303
    asked = {"kind": "cancel", "reason": WRITTEN}
    assert ada.post(f"{order}/requests", asked).status_code == 303
    return order.rsplit("/", 1)[1]


def eves_token(world: World, tour: Tour) -> str:
    """Of a seller like Sam, with a sale of her own to Bob."""
    eve: Browser = world.member("Eve")
    token = add_device(eve)
    item = eve.list_item()
    tour.sale.bob.bid(item, "40")
    close(world, item)
    assert world.app.test_client().get("/my/orders", headers=as_program(token)).status_code == 200
    return token


def stored(world: World) -> dict[str, list[Any]]:
    """Every row of every table but when devices were seen."""
    with world.parts.store.reading() as conn:
        return {
            name: sorted(map(repr, conn.execute(select(table))))
            for name, table in metadata.tables.items()
            if name != "devices"
        }


def shown(answer: TestResponse) -> tuple[int, bytes]:
    return answer.status_code, _OF_ONE_PAGE.sub(b"", answer.data)


def test_it_is_told_what_everybody_is_told_and_moves_nothing(world: World) -> None:
    tour = begin(world)
    tour.ids["order_id"] = sold_to_ada(world, tour)
    token = eves_token(world, tour)
    world.app.testing = False
    before = stored(world)
    found: list[str] = []
    asked = refused = 0
    for accept in ("application/hal+json", "text/html"):
        headers = as_program(token) | {"Accept": accept}
        for method in ("GET", "POST"):
            for path in (path for rule in rules(world, method) for path in paths(rule.rule, tour)):
                asked += 1
                client = world.app.test_client(use_cookies=False)
                answer = client.open(path, method=method, headers=headers, buffered=True)
                nobodys = {"Accept": accept}
                other = client.open(path, method=method, headers=nobodys, buffered=True)
                refused += 400 <= answer.status_code < 500
                if path not in OWN and answer.status_code < 400:
                    found += [f"{method} {path}"] if shown(answer) != shown(other) else []
                found += [f"{method} {path}: 5xx"] if answer.status_code >= 500 else []
                found += [f"{path} says {it}" for it in OF_OTHERS if it.encode() in answer.data]

    assert found == []
    assert (asked > 300, refused > 200) == (True, True), (asked, refused)
    assert stored(world) == before


@pytest.mark.parametrize("since", ["of sam", "of ada", "another's number with her own id"])
def test_a_cursor_that_is_not_its_own_reads_nothing(world: World, since: str) -> None:
    tour = begin(world)
    sold_to_ada(world, tour)
    token = eves_token(world, tour)
    ids = {name: path_of(world.customer_url(name)).rsplit("/", 1)[1] for name in ("Sam", "Ada")}
    cursor = {
        "of sam": f"0-{ids['Sam']}",
        "of ada": f"0-{ids['Ada']}",
        "another's number with her own id": f"2-{path_of(world.customer_url('Eve'))[11:]}",
    }[since]

    for path, name in (("/my/orders", "since"), ("/me/events", "after")):
        client = world.app.test_client(use_cookies=False)
        answer = client.get(path, query_string={name: cursor}, headers=as_program(token))

        assert answer.status_code == 400, (path, answer.text)
        assert "orders/" not in answer.text
