"""Where an order is sent, and what that costs."""

import pytest
from sqlalchemy import func, select

from auction_app.db.tables import addresses, order_addresses
from tests.auction_app.conftest import MAILER_TOKEN, Browser, World, as_program, password_of
from tests.auction_app.sale import Sale, cancel, close, sell

HOME = {
    "name": "Ada Lovelace",
    "street": "12 St James's Square",
    "postal_code": "SW1Y 4JH",
    "city": "London",
    "country": "GB",
}


def document(browser: Browser, sale: Sale) -> dict[str, object]:
    found: dict[str, object] = browser.client.get(sale.order, headers=as_program()).get_json()
    return found


def test_the_buyer_says_where_and_only_the_seller_of_the_order_sees_it(world: World) -> None:
    sale = sell(world)
    assert "Please say where the item is to be sent." in sale.ada.get(sale.order).text
    assert "The buyer has not given an address yet." in sale.sam.get(sale.order).text

    for _ in range(2):
        assert sale.ada.post(f"{sale.order}/address", HOME).status_code == 303

    page = sale.sam.get(sale.order).text
    assert "12 St James&#39;s Square" in page
    assert "United Kingdom" in page
    assert document(sale.sam, sale)["address"] == document(sale.ada, sale)["address"] == HOME
    program = world.app.test_client().get(sale.order, headers=as_program(MAILER_TOKEN))
    assert "address" not in program.get_json()
    assert sale.sam.post(f"{sale.order}/address", HOME).status_code == 404
    assert sale.bob.post(f"{sale.order}/address", HOME).status_code == 404


def test_it_is_kept_for_the_next_order_and_can_be_changed_until_that_is_paid(
    world: World,
) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/address", HOME)
    item = sale.sam.list_item()
    sale.ada.bid(item, "40")
    close(world, item)
    order = sale.ada.get(f"{item}/my-order").headers["Location"]
    assert "12 St James&#39;s Square" in sale.ada.get(order).text

    moved = HOME | {"city": "Bath"}
    assert sale.ada.post(f"{order}/address", moved).status_code == 303
    sale.ada.post(f"{order}/steps", {"status": "paid"})
    assert sale.ada.post(f"{order}/address", HOME).status_code == 409
    assert "Bath" in sale.sam.get(order).text
    assert "London" in sale.sam.get(sale.order).text


def test_who_pays_first_can_still_say_where(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})

    assert sale.ada.post(f"{sale.order}/address", HOME).status_code == 303


def test_what_is_collected_needs_no_address(world: World) -> None:
    sale = sell(world, delivery="collection")

    assert "Delivery address" not in sale.ada.get(sale.order).text
    assert sale.ada.post(f"{sale.order}/address", HOME).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("street", "x" * 201), ("city", " "), ("country", "XX"), ("country", "")],
)
def test_a_wrong_address_is_refused_and_what_was_typed_stays(
    world: World, field: str, value: str
) -> None:
    sale = sell(world)
    answer = sale.ada.post(f"{sale.order}/address", HOME | {field: value})

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert 'value="SW1Y 4JH"' in answer.text
    assert document(sale.ada, sale)["address"] is None


def test_it_is_exported_and_goes_with_the_account(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/address", HOME)
    exported = sale.ada.get("/account/export").get_json()
    assert exported["account"]["address"] == exported["orders"][0]["sent_to"] == HOME
    assert sale.sam.get("/account/export").get_json()["orders"][0]["sent_to"] is None
    cancel(sale)

    sale.ada.post("/account/delete", {"password": password_of("Ada")})

    with world.parts.store.reading() as conn:
        for table in (addresses, order_addresses):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_the_seller_names_the_postage_once_where_the_listing_has_not(world: World) -> None:
    sale = sell(world)
    path = f"{sale.order}/postage"
    for wrong in ("", "five", "-1", "9" * 20):
        assert sale.sam.post(path, {"postage": wrong}).status_code == 422
    assert sale.ada.post(path, {"postage": "5"}).status_code == 404

    for _ in range(2):
        assert sale.sam.post(path, {"postage": "5"}).status_code == 303

    assert sale.sam.post(path, {"postage": "6"}).status_code == 409
    assert document(sale.ada, sale)["total"] == {"amount": "26.00", "currency": "USD"}
    assert document(sale.ada, sale)["postage_named"] is True
    assert sale.ada.get("/my/notices").text.count("News about your order") == 1


def test_a_listed_postage_is_not_named_again(world: World) -> None:
    sale = sell(world, delivery="priced", postage_cost="5.00")

    assert sale.sam.post(f"{sale.order}/postage", {"postage": "50"}).status_code == 409
