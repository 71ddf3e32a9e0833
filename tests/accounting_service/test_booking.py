"""From an event to the books: once, whatever comes how often in which order."""

from collections.abc import Callable
from itertools import permutations

import pytest
from bus_drain import RESYNC, receiver
from bus_drain.fetch import FetchError
from service_kit.database import connect, writing
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from accounting_service.app import listeners
from accounting_service.errors import SomeoneAway
from tests.accounting_service.conftest import HOUSE, PAYMENTS, SAM, Accounting, House

PAID = {
    ("fees", "EUR"): "-2.50",
    ("provider", "EUR"): "24.37",
    ("provider-costs", "EUR"): "0.63",
    ("seller", "EUR"): "-22.50",
}


def test_a_payment_that_is_paid_is_booked(accounting: Accounting) -> None:
    url = accounting.house.show("one", "open")
    accounting.hear(url)
    accounting.work()
    assert accounting.balance() == {}

    accounting.house.show("one")
    accounting.hear(url)
    accounting.work()
    assert accounting.balance() == PAID


def test_told_ten_times_and_in_any_order_it_is_one_journal(accounting: Accounting) -> None:
    url = accounting.house.show("one")
    for order in permutations([1, 2, 3, 4], 4):
        accounting.hear(url, url, url, url, positions=iter(order))
        accounting.work()
    assert accounting.balance() == PAID


def test_a_refund_is_booked_beside_the_payment_even_if_the_payment_was_never_seen(
    accounting: Accounting,
) -> None:
    accounting.hear(accounting.house.show("one", "refunded"))
    accounting.work()
    zero = {("fees", "EUR"): "0.00", ("seller", "EUR"): "0.00"}
    costs = {("provider", "EUR"): "-0.63", ("provider-costs", "EUR"): "0.63"}
    assert accounting.balance() == zero | costs


def test_each_currency_balances_for_itself(accounting: Accounting) -> None:
    house = accounting.house
    accounting.hear(house.show("e"), house.show("y", amount="1000", currency="JPY"))
    accounting.work()
    assert accounting.balance() == PAID | {
        ("fees", "JPY"): "-100",
        ("provider", "JPY"): "960",
        ("provider-costs", "JPY"): "40",
        ("seller", "JPY"): "-900",
    }


def test_while_nobody_answers_it_waits_and_is_booked_afterwards(
    accounting: Accounting, caplog: pytest.LogCaptureFixture
) -> None:
    url = accounting.house.show("one")
    accounting.hear(url)
    for status in (503, 500, 429, 401, 403):
        accounting.house.status = status
        with pytest.raises(SomeoneAway):
            accounting.work()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert accounting.parts.looker.dirty.count() == 1
    assert accounting.dead_letters() == {}

    accounting.house.status = 200
    accounting.hear(url)
    wait_until_asked_again(accounting)
    assert accounting.balance() == PAID


def wait_until_asked_again(accounting: Accounting) -> None:
    """Who failed five times in a row is left alone for a second."""
    from tests.waiting import wait_for

    def is_booked() -> bool:
        try:
            accounting.work()
        except SomeoneAway:
            return False
        return True

    wait_for(is_booked, what="the second is over")


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"currency": "XXX"}, "amount: 'XXX' is not a currency that is traded here"),
        ({"amount": "-25.00"}, "amount: -25.00 EUR is none that anybody pays"),
        ({"amount": "0.00"}, "amount: 0.00 EUR is none that anybody pays"),
        ({"amount": "1000000000.01"}, "amount: 1000000000.01 EUR is none that anybody pays"),
        ({"amount": "9" * 400}, "amount: not a decimal amount with 2 decimals"),
        ({"amount": "25"}, "amount: not a decimal amount with 2 decimals"),
        ({"amount": "NaN"}, "amount: not a decimal amount with 2 decimals"),
        ({"status": "stolen"}, "is no payment: status is none of"),
        ({"paid_at_ms": None}, "is no payment: paid_at_ms is not a time in milliseconds"),
        ({"paid_at_ms": 10**18}, "is no payment: paid_at_ms is not a time in milliseconds"),
        ({"paid_at_ms": True}, "is no payment: paid_at_ms is not a time in milliseconds"),
        ({"seller": "http://h/" + "x" * 2000}, "has a URL that is too long"),
    ],
)
def test_a_payment_that_cannot_be_right_is_a_dead_letter_with_one_clear_line(
    accounting: Accounting, caplog: pytest.LogCaptureFixture, shown: dict[str, str], why: str
) -> None:
    url = accounting.house.show("odd", **shown)
    good = accounting.house.show("good")
    accounting.hear(url, good)
    accounting.work()

    (line,) = [it.getMessage() for it in caplog.records if url in it.getMessage()]
    assert "payment is a dead letter" in line
    assert why in line.replace("\\'", "'")
    assert accounting.dead_letters()[url].startswith(why)
    assert accounting.balance() == PAID  # of the other one

    accounting.house.show("odd")
    accounting.hear(url)
    accounting.work()
    assert accounting.dead_letters() == {}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"amount": "26.00"}, "is booked as paid of other amounts, another seller or time"),
        ({"currency": "USD"}, "is booked as paid of other amounts, another seller or time"),
        ({"seller": f"{HOUSE}/customers/eve"}, "is booked as paid of other amounts, another"),
        ({"paid_at_ms": 5}, "is booked as paid of other amounts, another seller or time"),
        ({"status": "open"}, "is booked as paid, and is no longer"),
    ],
)
def test_what_is_booked_does_not_follow_a_payment_that_changes_its_mind(
    accounting: Accounting, changed: dict[str, str], why: str
) -> None:
    url = accounting.house.show("one")
    accounting.hear(url)
    accounting.work()
    accounting.house.show("one", **changed)
    accounting.hear(url)
    accounting.work()

    assert accounting.balance() == PAID
    assert accounting.dead_letters()[url].startswith(why)


def test_a_refund_of_another_amount_books_nothing_at_all(accounting: Accounting) -> None:
    url = accounting.house.show("one")
    accounting.hear(url)
    accounting.work()
    accounting.house.show("one", "refunded", amount="26.00")
    accounting.hear(url)
    accounting.work()
    assert accounting.balance() == PAID


def test_events_of_what_is_no_payment_are_dead_letters(accounting: Accounting) -> None:
    elsewhere, gone = "http://evil.test/payments/1", f"{PAYMENTS}/gone"
    lies = accounting.house.show("lies")
    accounting.house.documents[lies]["_links"]["self"]["href"] = f"{PAYMENTS}/other"
    accounting.house.documents[f"{HOUSE}/odd"] = ["no", "object"]
    accounting.hear(elsewhere, gone, lies, f"{HOUSE}/odd")
    accounting.work()

    reasons = accounting.dead_letters()
    assert set(reasons) == {elsewhere, gone, lies, f"{HOUSE}/odd"}
    assert reasons[lies] == f"says that its URL is {PAYMENTS}/other"
    assert elsewhere not in accounting.house.asked
    assert accounting.balance() == {}


def test_after_a_resync_all_payments_are_looked_at(accounting: Accounting) -> None:
    for number in range(10):
        accounting.house.show(f"p{number}", seller=f"{HOUSE}/customers/{number}")
    resync = {"topic": "bus", "type": "resync", "url": "http://bus.test/subscriptions/1", "t": 1}
    event = resync | {"id": "1-1", "position": 1, "data": {"from": 1, "to": 9}}
    assert accounting.deliver([event]) == 204
    accounting.work()
    assert accounting.balance()["provider", "EUR"] == "243.70"
    assert accounting.parts.looker.dirty.count() == 0
    assert accounting.dead_letters() == {}


def test_without_a_bus_the_same_is_taken_in_process(accounting: Accounting) -> None:
    taking = listeners(accounting.parts)
    assert set(taking) == {"payments", RESYNC}
    url = accounting.house.show("one")
    body = f'[{{"id": "1", "topic": "payments", "type": "update", "url": "{url}", "t": 1}}]'
    assert receiver(taking)(body.encode()) == frozenset()
    assert accounting.parts.woken.is_set()
    accounting.work()
    assert accounting.balance() == PAID


def test_a_delivery_that_is_not_the_buss_is_refused(accounting: Accounting) -> None:
    answer = accounting.client.post("/events", json=[])
    assert answer.status_code == 401


def test_on_either_engine_books_only_grow_and_a_payment_is_booked_once(
    books_url: str, open_books: Callable[[str], Accounting], house: House
) -> None:
    accounting = open_books(books_url)
    url = house.show("one")
    for _ in range(3):
        accounting.parts.looker.look(url)
    engine = connect(books_url)
    changes = [
        "UPDATE postings SET amount_minor = 1",
        "UPDATE journals SET kind = 'x'",
        "DELETE FROM postings",
        "DELETE FROM journals",
    ]
    changes += ["TRUNCATE postings, journals"] if books_url.startswith("postgresql") else []
    for change in changes:
        with pytest.raises(DBAPIError, match="only grows"), writing(engine) as connection:
            connection.execute(text(change))
    if books_url.startswith("sqlite"):
        with writing(engine) as connection:
            connection.execute(
                text("REPLACE INTO postings VALUES (1, 0, 'provider', NULL, 'EUR', 9)")
            )
    assert accounting.balance() == PAID
    assert accounting.parts.looker.books.owed(SAM)[0].amount_minor == 2250
    house.status = 503
    with pytest.raises(FetchError):
        accounting.parts.looker.look(url)
    accounting.parts.close()
    engine.dispose()
