"""What is sent under which number, and what comes back."""

from tests.auction_app.conftest import World, as_program, password_of
from tests.auction_app.sale import Sale, sell


def steps(sale: Sale, *taken: tuple[str, str]) -> None:
    for person, status in taken:
        answer = getattr(sale, person).post(f"{sale.order}/steps", {"status": status})
        assert answer.status_code == 303, status


def received(world: World) -> Sale:
    sale = sell(world)
    steps(sale, ("ada", "paid"), ("sam", "shipped"), ("ada", "received"))
    return sale


def document(sale: Sale) -> dict[str, object]:
    found: dict[str, object] = sale.ada.client.get(sale.order, headers=as_program()).get_json()
    return found


def test_the_buyer_sees_by_whom_and_under_which_number_it_was_sent(world: World) -> None:
    sale = sell(world)
    steps(sale, ("ada", "paid"))
    sent = {"status": "shipped", "carrier": "DHL", "number": "00340434161094015902"}
    for wrong in ({"carrier": "x" * 41}, {"number": "x" * 61}):
        answer = sale.sam.post(f"{sale.order}/steps", sent | wrong)
        assert answer.status_code == 422
        assert "This is too long." in answer.text

    for _ in range(2):
        assert sale.sam.post(f"{sale.order}/steps", sent).status_code == 303

    assert "DHL 00340434161094015902" in sale.ada.get(sale.order).text
    assert document(sale)["parcel"] == {"carrier": "DHL", "number": "00340434161094015902"}
    assert document(sale)["parcel_back"] is None


def test_a_number_is_not_needed(world: World) -> None:
    assert document(received(world))["parcel"] is None


def test_what_the_seller_takes_back_is_sent_back_and_returned(world: World) -> None:
    sale = received(world)
    ask = {"kind": "return", "reason": "The shade is cracked."}
    assert sale.sam.post(f"{sale.order}/requests", ask).status_code == 409
    assert sale.ada.post(f"{sale.order}/steps", {"status": "sent_back"}).status_code == 409
    assert sale.ada.post(f"{sale.order}/requests", ask).status_code == 303
    page = sale.sam.get(sale.order).text
    assert "The shade is cracked." in page
    accepted = {"kind": "return", "answer": "accept", "note": "12 Mill Lane, Leeds"}
    assert sale.sam.post(f"{sale.order}/answers", accepted).status_code == 303

    assert "12 Mill Lane, Leeds" in sale.ada.get(sale.order).text
    parcel = {"status": "sent_back", "carrier": "UPS", "number": "1Z999"}
    assert sale.ada.post(f"{sale.order}/steps", parcel).status_code == 303
    assert "UPS 1Z999" in sale.sam.get(sale.order).text
    steps(sale, ("sam", "returned"))

    assert document(sale)["status"] == "returned"
    assert "The item is yours again" in sale.sam.get(sale.order).text
    assert sale.ada.get("/my/notices").text.count("News about your order") == 3
    assert sale.sam.get("/my/notices").text.count("News about your order") == 4


def test_what_the_seller_does_not_take_back_stays(world: World) -> None:
    sale = received(world)
    sale.ada.post(f"{sale.order}/requests", {"kind": "return", "reason": "Too big."})
    declined = {"kind": "return", "answer": "decline", "note": "As described."}

    assert sale.sam.post(f"{sale.order}/answers", declined).status_code == 303

    assert "As described." in sale.ada.get(sale.order).text
    assert sale.ada.post(f"{sale.order}/steps", {"status": "sent_back"}).status_code == 409


def test_nobody_leaves_while_something_comes_back(world: World) -> None:
    sale = received(world)
    sale.ada.post(f"{sale.order}/requests", {"kind": "return", "reason": "Too big."})
    sale.sam.post(f"{sale.order}/answers", {"kind": "return", "answer": "accept"})

    answer = sale.sam.post("/account/delete", {"password": password_of("Sam")})

    assert answer.status_code == 409
