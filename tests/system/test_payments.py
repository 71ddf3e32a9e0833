"""From "Pay now" to the mails and back: real processes, a browser without scripts, a real till."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from service_kit.http import HttpClient

from tests.system.house import House, open_house
from tests.system.person import Person
from tests.system.smtp import Letters, text_of
from tests.waiting import wait_for


@pytest.mark.parametrize(
    ("stage", "button"),
    [
        ("mvp", "Pay"),
        ("background", "Pay and tell out of order"),
        ("bus", "Pay and tell twice"),
        ("soa", "Pay and never tell"),
    ],
)
def test_what_is_paid_and_then_cancelled_by_both_is_refunded_with_one_mail_of_each_step(
    tmp_path: Path, browser: Browser, letters: Letters, stage: str, button: str
) -> None:
    with open_house(
        tmp_path / "var",
        STAGE=stage,
        SMTP_URL=f"smtp://127.0.0.1:{letters.port}",
        PAYMENTS_SWEEP_S="3",
    ) as house:
        apart = "accounting" in house.commands
        if apart:
            house.kill("accounting")
        deal = buy_and_pay(house, browser, letters, button)
        sal = deal.sal
        if apart:
            house.start("accounting")
        # Within 5 s, and where it was away as soon as the bus tries it again.
        wait_for(lambda: books(house) == PAID, seconds=60 if apart else 5, what="the books")
        assert house.run(VERIFY) == "1 journals balance, and are what 1 payments say\n"
        sal.page.goto(f"{house.url('auctions')}/my/sales")
        sal.page.get_by_role("link", name="Payouts").click()
        assert "$22.50" in sal.page.inner_text("main dl")
        if stage == "soa":
            lose_the_books(house)
            wait_for(lambda: books(house) == PAID, seconds=5, what="the same books again")
        cancel(deal, letters)


VERIFY = "python -m accounting_service.verify"
PAID = {"provider": "24.37", "seller": "-22.50", "fees": "-2.50", "provider-costs": "0.63"}
"""Of 25.00: the house takes a tenth, the provider 1.5 % and 25 cents."""


def books(house: House) -> dict[str, str]:
    """What the accounts of accounting come to, as its operator sees them."""
    url = house.url("accounting")
    with HttpClient({url: house.settings["ACCOUNTING_OPERATOR_TOKEN"]}) as http:
        accounts = http.get(f"{url}/balance").json()["accounts"]
    return {it["account"]: it["balance"]["amount"] for it in accounts}


def lose_the_books(house: House) -> None:
    """Start it with an empty database, and have the bus tell of all payments again."""
    house.stop("accounting")
    for file in Path(house.settings["VAR_DIR"]).glob("accounting.sqlite3*"):
        file.unlink()
    house.run("python -m service_kit.migrate accounting_service")
    house.start("accounting")
    assert books(house) == {}
    house.run("python -m accounting_service.rebuild")


@dataclass(frozen=True)
class Deal:
    """Sal has sold, Bob has bought and paid for; the URL of the order."""

    sal: Person
    bob: Person
    order: str


def buy_and_pay(house: House, browser: Browser, letters: Letters, button: str) -> Deal:
    """Sal sells, Bob buys and pays."""
    web = house.url("auctions")
    sal = Person.arrive("Sal", browser, letters, web)
    bob = Person.arrive("Bob", browser, letters, web, scripts=False)
    for person in (sal, bob):
        person.join()
    prices = {"Buy-now price (optional)": "20.00", "Postage": "5.00"}
    item = sal.list_item("Brass lamp", start_price="10.00", seconds=3600, prices=prices)

    wait_for(lambda: "/buy-now" in _page(bob, item), what="the bidding is open")
    bob.page.goto(f"{item}/buy-now")
    bob.page.locator("main form button[type=submit]").click()
    wait_for(lambda: "Pay now" in _page(bob, f"{item}/my-order"), what="the order")
    order = bob.page.url
    give_address(bob)
    bob.page.get_by_role("button", name="Pay now").click()
    assert bob.page.url.startswith(house.url("till"))
    assert "2500 USD" in bob.page.inner_text("body")
    bob.page.get_by_role("button", name="Decline").click()
    assert "The card was declined." in bob.page.inner_text("body")
    bob.page.get_by_role("button", name=button, exact=True).click()
    assert bob.page.url == order
    bob.wait_to_see("Your payment was received.", order)

    received = wait_for(lambda: of(letters, bob, "Payment received:"), what="Bob's mail")
    paid = wait_for(lambda: of(letters, sal, "Paid:"), what="Sal's mail")
    assert all("$25.00" in text_of(mail) for mail in (*received, *paid))
    # One more mail that takes the same way later: whatever was to come has come before it.
    Person.arrive("Zoe", browser, letters, web).join()
    assert len(of(letters, bob, "Payment received:")) == 1
    assert len(of(letters, sal, "Paid:")) == 1
    return Deal(sal, bob, order)


def give_address(buyer: Person) -> None:
    buyer.page.get_by_label("Street and number").fill("12 Mill Lane")
    buyer.page.get_by_label("Town").fill("Leeds")
    buyer.page.get_by_label("Country").select_option("GB")
    buyer.page.get_by_role("button", name="Save the address").click()
    assert "United Kingdom" in buyer.page.inner_text("address")


def cancel(deal: Deal, letters: Letters) -> None:
    """The buyer asks, the seller agrees, and the money goes back; one mail of each."""
    seller, buyer, order = deal.sal, deal.bob, deal.order
    buyer.page.goto(order)
    buyer.page.get_by_text("Ask to cancel the order").click()
    buyer.page.get_by_label("Reason").fill("I bid on the wrong lamp.")
    buyer.page.get_by_role("button", name="Send the request").click()
    seller.page.goto(order)
    assert "I bid on the wrong lamp." in seller.page.inner_text("main")
    seller.page.get_by_role("button", name="Accept").click()
    buyer.wait_to_see("Your payment was refunded.", order)
    refunded = wait_for(lambda: of(letters, buyer, "Cancelled and refunded:"), what="its mail")
    assert len(refunded) == len(of(letters, seller, "Please answer:")) == 1
    assert "$25.00" in text_of(refunded[0])


def _page(person: Person, url: str) -> str:
    person.page.goto(url)
    return person.page.content()


def of(letters: Letters, person: Person, subject: str) -> list[EmailMessage]:
    return [it for it in letters.to(person.address) if str(it["Subject"]).startswith(subject)]
