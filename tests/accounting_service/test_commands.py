"""verify, export and rebuild: what is wrong is found, and what is right can be taken along."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from service_kit.database import connect, writing
from service_kit.money import Money
from sqlalchemy import Engine, text

from accounting_service.api.statements import statement_url
from accounting_service.errors import NotBooked
from accounting_service.export import beancount
from accounting_service.model.payout import Payout
from accounting_service.model.rates import rates
from accounting_service.paid_out import note_payout
from accounting_service.verify import Verifier
from tests.accounting_service.conftest import (
    HOUSE,
    NOON_MS,
    PAYMENTS,
    SAM,
    WEB_APP_TOKEN,
    Accounting,
)
from tests.needs import missing

RATES = rates("2026-01-01 10% 1.5%+25")
NOW_MS = NOON_MS + 86_400_000


@pytest.fixture
def sold(accounting: Accounting) -> Accounting:
    house = accounting.house
    amounts = ["25.00", "0.01", "1234567.89"]
    urls = [house.show(f"p{n}", amount=amount) for n, amount in enumerate(amounts)]
    urls += [house.show("back", "refunded"), house.show("due", "due")]
    urls += [house.show("y", amount="1000", currency="JPY", seller=f'{HOUSE}/"o\\dd"')]
    accounting.hear(*urls)
    accounting.work()
    return accounting


def complaints(accounting: Accounting) -> list[str]:
    return list(Verifier(accounting.parts, RATES).complaints())


def without_triggers(accounting: Accounting, *statements: str) -> None:
    """What somebody does who owns the database."""
    engine: Engine = connect(accounting.parts.state.url)
    with writing(engine) as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in triggers.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_books_that_say_what_the_payments_do_are_right(sold: Accounting) -> None:
    verifier = Verifier(sold.parts, RATES)
    assert list(verifier.complaints()) == []
    assert (verifier.journals, verifier.payments) == (6, 6)


def test_a_payment_that_was_never_told_of_is_missed_and_one_that_waits_is_not(
    sold: Accounting,
) -> None:
    url = sold.house.show("untold")
    assert complaints(sold) == [f"{url}: paid, and not booked"]
    sold.hear(url)
    assert complaints(sold) == []


def test_what_was_changed_behind_its_back_is_found(sold: Accounting) -> None:
    without_triggers(sold, "UPDATE postings SET amount_minor = 1 WHERE journal_id = 1 AND line = 0")
    first, second = complaints(sold)
    assert first == f"{PAYMENTS}/p0: is booked otherwise"
    assert second == f"{PAYMENTS}/p0 paid: is off by -2499 EUR"


def test_what_was_taken_out_or_belongs_to_nobody_is_found(sold: Accounting) -> None:
    without_triggers(
        sold,
        "DELETE FROM postings WHERE journal_id = 1",
        "INSERT INTO journals VALUES (99, 'http://h/p/none', 'paid', 1, 1)",
    )
    found = complaints(sold)
    assert f"{PAYMENTS}/p0 paid: is off by everything" in found
    assert "http://h/p/none: is booked, and in no list of payments" in found


def test_other_rates_for_what_is_booked_are_found(sold: Accounting) -> None:
    changed = Verifier(sold.parts, rates("2026-01-01 11% 1.5%+25"))
    assert f"{PAYMENTS}/p0: is booked otherwise" in list(changed.complaints())


def test_a_payment_that_cannot_be_booked_is_named_with_its_reason(sold: Accounting) -> None:
    url = sold.house.show("odd", amount="-1.00")
    assert complaints(sold) == [f"{url}: amount: -1.00 EUR is none that anybody pays"]


def test_beancount_finds_the_same_balances(sold: Accounting, tmp_path: Path) -> None:
    bean_check = shutil.which("bean-check", path=str(Path(sys.executable).parent))
    if bean_check is None:
        missing("needs beancount")
    file = tmp_path / "books.beancount"
    lines = list(beancount(sold.parts.books))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert sum(" balance " in line for line in lines) == 8

    checked = subprocess.run(
        [bean_check, file], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert (checked.returncode, checked.stderr) == (0, "")

    wrong = [line.replace("-22.50 EUR", "-22.51 EUR") for line in lines]
    file.write_text("\n".join(wrong) + "\n", encoding="utf-8")
    assert subprocess.run([bean_check, file], capture_output=True, check=False).returncode == 1


def test_empty_books_are_an_empty_export(accounting: Accounting) -> None:
    assert list(beancount(accounting.parts.books)) == ['option "title" "Gavel"']


def test_filled_again_from_the_list_the_balances_are_the_same(sold: Accounting) -> None:
    before = sold.balance()
    without_triggers(sold, "DELETE FROM postings", "DELETE FROM journals")
    assert sold.balance() == {}
    sold.parts.receiver.mark_all()
    sold.work()
    assert sold.balance() == before


def pay_out(accounting: Accounting, amount: str = "22.50", **more: Any) -> bool:
    money = Money.parse({"amount": amount, "currency": more.pop("currency", "EUR")})
    payout = Payout(reference="SEPA-1", seller_url=more.pop("seller", SAM), amount=money)
    return note_payout(accounting.parts.books, payout, lambda: NOW_MS, **more)


def test_a_payout_is_noted_once_by_its_reference_and_can_come_back(sold: Accounting) -> None:
    owed = sold.parts.books.owed(SAM)[0].amount_minor
    assert [pay_out(sold), pay_out(sold), pay_out(sold, on_ms=NOW_MS)] == [True, False, False]
    assert sold.parts.books.owed(SAM)[0].amount_minor == owed - 2250
    line = sold.get(statement_url("", SAM), WEB_APP_TOKEN).get_json()["_embedded"]["lines"][0]
    said = (line["kind"], line["reference"], line["at_ms"], line["net"]["amount"])
    assert said == ("paid-out", "SEPA-1", NOW_MS, "-22.50")
    assert line["_links"] == {}
    assert '  payout: "SEPA-1"' in list(beancount(sold.parts.books))
    assert [pay_out(sold, returned=True), pay_out(sold, returned=True)] == [True, False]
    assert not pay_out(sold)
    assert sold.parts.books.owed(SAM)[0].amount_minor == owed
    verifier = Verifier(sold.parts, RATES)
    assert list(verifier.complaints()) == []
    assert (verifier.journals, verifier.payouts) == (8, 2)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"amount": "99999999.00"}, "is owed"),
        ({"amount": "0.00"}, "nothing that is paid out"),
        ({"currency": "USD"}, "is owed 0.00 USD"),
        ({"seller": f"{HOUSE}/nobody"}, "is owed 0.00 EUR"),
        ({"seller": "\udcff"}, "named by a URL"),
        ({"on_ms": NOW_MS + 1}, "not come yet"),
        ({"returned": True}, "no such payout"),
    ],
)
def test_a_payout_that_cannot_be_right_is_refused(
    sold: Accounting, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotBooked, match=why):
        pay_out(sold, **wrong)
    assert sold.parts.books.of_payments(["urn:payout:SEPA-1"]) == {"urn:payout:SEPA-1": []}


@pytest.mark.parametrize(
    "other", [{"amount": "1.00"}, {"on_ms": 1}, {"returned": True, "amount": "1.00"}]
)
def test_a_reference_stands_for_one_payout(sold: Accounting, other: dict[str, Any]) -> None:
    pay_out(sold)
    with pytest.raises(NotBooked):
        pay_out(sold, **other)
