"""Devices: a machine of a seller's reads what the seller sells, and nothing else."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from auction_app.db.tables import devices, orders
from tests.auction_app.conftest import Browser, World, as_program, path_of
from tests.auction_app.sale import Sale, close, sell


def add_device(owner: Browser, name: str = "Printer") -> str:
    """The token, as its owner reads it on the page."""
    answer = owner.post("/account/devices", {"name": name})
    assert answer.status_code == 200, answer.text
    return str(re.findall(r'id="token">(\w+)<', answer.text)[0])


def ask(world: World, token: str, path: str = "/my/orders") -> TestResponse:
    return world.app.test_client().get(path, headers=as_program(token))


def sold(answer: TestResponse) -> list[str]:
    """The paths of the orders in a page."""
    assert answer.status_code == 200, answer.text
    return [path_of(one["_links"]["self"]["href"]) for one in embedded(answer)]


def embedded(answer: TestResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.get_json()["_embedded"]["orders"]
    return found


def sell_more(world: World, sale: Sale, seller: Browser) -> str:
    """One more sale to Ada; the order's path."""
    item = seller.list_item()
    sale.ada.bid(item, "40")
    close(world, item)
    return str(sale.ada.get(f"{item}/my-order").headers["Location"])


def test_a_token_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    sam = world.member("Sam")

    token = add_device(sam)

    page = sam.get("/account/devices").text
    assert "Printer" in page
    assert "Not seen yet" in page
    assert token not in page
    with world.parts.store.reading() as conn:
        (row,) = conn.execute(select(devices)).all()
    assert token not in str(row)


def test_a_device_reads_what_is_sold_after_it_was_added_in_order(world: World) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    assert sold(ask(world, token)) == []

    later = [sell_more(world, sale, sale.sam) for _ in range(3)]

    assert sold(ask(world, token)) == later
    first, *_rest = embedded(ask(world, token))
    assert first["title"] == "Brass desk lamp"
    assert sold(ask(world, token, f"/my/orders?since={first['cursor']}")) == later[1:]
    with world.parts.store.reading() as conn:
        assert sorted(conn.execute(select(orders.c.sale_number)).scalars()) == [1, 2, 3, 4]


def test_the_end_of_the_list_leads_on(world: World) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    end = ask(world, token).get_json()["_links"]["next"]["href"]

    order = sell_more(world, sale, sale.sam)

    assert sold(ask(world, token, path_of(end))) == [order]


def test_a_signed_in_seller_reads_from_the_first_sale(world: World) -> None:
    sale = sell(world)
    start = f"0-{world.customer_url('Sam').rsplit('/', 1)[1]}"

    answer = sale.sam.client.get(f"/my/orders?since={start}", headers=as_program())

    assert sold(answer) == [sale.order]


def test_a_device_sees_sales_of_its_owner_only(world: World) -> None:
    sale = sell(world)
    sams, adas = add_device(sale.sam), add_device(sale.ada)
    sam_sold = sell_more(world, sale, sale.sam)

    assert ask(world, sams, sam_sold).status_code == 200
    assert ask(world, adas, sam_sold).status_code == 404  # she bought it, which is hers to know
    assert sold(ask(world, adas)) == []
    for path in ("/my/notices", "/my/bids", "/account", "/account/devices"):
        assert ask(world, sams, path).status_code == 401, path


@pytest.mark.parametrize(
    "since", ["", "x", "1", "-1-sam", "\u0661-abc", "9" * 400, "1-", "1\n-abc"]
)
def test_rubbish_is_no_cursor(world: World, since: str) -> None:
    token = add_device(world.member("Sam"))

    answer = world.app.test_client().get(
        "/my/orders", query_string={"since": since}, headers=as_program(token)
    )

    assert (answer.status_code, answer.get_json()["reason"]) == (400, "cursor")


def test_another_sellers_cursor_and_one_from_the_future_are_refused(world: World) -> None:
    sale = sell(world)
    sams, adas = add_device(sale.sam), add_device(sale.ada)
    of_ada = ask(world, adas).get_json()["cursor"]
    future = ask(world, sams).get_json()["cursor"].replace("1-", "2-")

    assert ask(world, sams, f"/my/orders?since={of_ada}").status_code == 400
    assert ask(world, sams, f"/my/orders?since={future}").status_code == 400


def test_a_revoked_device_knows_nothing_any_more(world: World) -> None:
    sam, eve = world.member("Sam"), world.member("Eve")
    token = add_device(sam)
    with world.parts.store.reading() as conn:
        (id,) = conn.execute(select(devices.c.id)).scalars()
    assert eve.post(f"/account/devices/{id}/revoke").status_code == 404
    assert ask(world, token).status_code == 200

    assert "cut off" in sam.follow(sam.post(f"/account/devices/{id}/revoke")).text

    assert ask(world, token).status_code == 401
    assert sam.post(f"/account/devices/{id}/revoke").status_code == 404


def test_the_device_of_a_closed_account_is_nobodys(world: World) -> None:
    sam, mod = world.member("Sam"), world.moderator("Mod")
    token, customer = add_device(sam), path_of(world.customer_url("Sam"))

    mod.post(f"/moderation{customer}", {"action": "ban", "note": "He knows why."})

    assert ask(world, token).status_code == 401


def test_when_it_was_seen_is_noted_once_a_minute(world: World) -> None:
    sam = world.member("Sam")
    token = add_device(sam)
    ask(world, token)
    assert "Last seen" in sam.get("/account/devices").text
    with world.parts.begin() as act:
        act.conn.execute(update(devices).values(last_seen_at_ms=world.clock() - 59_000))

    ask(world, token)

    with world.parts.store.reading() as conn:
        assert list(conn.execute(select(devices.c.last_seen_at_ms)).scalars()) == [
            world.clock() - 59_000
        ]


def test_an_account_has_at_most_so_many_devices(world: World) -> None:
    sam = world.member("Sam")
    for n in range(20):
        add_device(sam, f"Printer {n}")

    refused = sam.post("/account/devices", {"name": "One more"})

    assert refused.status_code == 422
    assert "as many devices as one may have" in refused.text
    assert sam.post("/account/devices", {"name": " "}).status_code == 422
