"""From a purchase to the books, the mails and the seller's printer, and back: real processes, a
browser without scripts, a real till."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from service_kit.http import HttpClient

from tests.system.house import House, open_house
from tests.system.person import Person, link_in
from tests.system.smtp import Letters, text_of
from tests.system.warehouse import warehouse
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
        assert deal.printed.count(b"Brass lamp") == deal.printed.count(b"25.00 USD") == 1
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
        wait_for(lambda: books(house) == BACK, seconds=5, what="the books of the refund")
        if stage in {"mvp", "soa"}:
            buy_by_second_chance(house, deal, letters)
            wait_for(lambda: books(house) == SOLD_AGAIN, seconds=5, what="the books of both")
        assert "journals balance" in house.run(VERIFY)


VERIFY = "python -m accounting_service.verify"
PAID = {"provider": "24.37", "seller": "-22.50", "fees": "-2.50", "provider-costs": "0.63"}
"""Of 25.00: the house takes a tenth, the provider 1.5 % and 25 cents."""

BACK = {"provider": "-0.63", "seller": "0.00", "fees": "0.00", "provider-costs": "0.63"}
"""Given back; the provider keeps its costs."""
SOLD_AGAIN = {"provider": "13.89", "seller": "-13.50", "fees": "-1.50", "provider-costs": "1.11"}
"""And 15.00 from the next."""


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
    """Sal has sold, Bob has bought and paid for; Zoe had bid, below the reserve. `item` and `order`
    are URLs; `printed` is what came out of Sal's printer meanwhile."""

    sal: Person
    bob: Person
    zoe: Person
    item: str
    order: str
    printed: bytes


def buy_and_pay(house: House, browser: Browser, letters: Letters, button: str) -> Deal:
    """Sal sells, Bob buys and pays."""
    web = house.url("auctions")
    sal = Person.arrive("Sal", browser, letters, web)
    bob = Person.arrive("Bob", browser, letters, web, scripts=False)
    zoe = Person.arrive("Zoe", browser, letters, web, scripts=False)
    for person in (sal, bob, zoe):
        person.join()
    prices = {
        "Reserve (optional)": "15.00",
        "Buy-now price (optional)": "20.00",
        "Postage": "5.00",
    }
    item = sal.list_item("Brass lamp", start_price="10.00", seconds=3600, prices=prices)

    bob.wait_for_page(item, "/buy-now")
    assert "highest bidder" in zoe.bid(item, "12.00")
    with warehouse(house, sal) as receipt:
        bob.page.goto(f"{item}/buy-now")
        bob.page.locator("main form button[type=submit]").click()
        wait_for(lambda: receipt.exists() and b"25.00" in receipt.read_bytes(), what="paper")
    bob.wait_for_page(f"{item}/my-order", "Pay now")
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
    Person.arrive("Yan", browser, letters, web).join()
    assert len(of(letters, bob, "Payment received:")) == 1
    assert len(of(letters, sal, "Paid:")) == 1
    return Deal(sal, bob, zoe, item, order, receipt.read_bytes())


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


def buy_by_second_chance(house: House, deal: Deal, letters: Letters) -> None:
    """Sal offers it to Zoe, who comes from the mail and pays at the till; one mail of each."""
    sal, zoe = deal.sal, deal.zoe
    sal.page.goto(f"{deal.item}/second-chances")
    sal.page.locator(".rows button").click()
    assert "It is offered." in sal.page.inner_text("main")
    (mail, *_) = wait_for(lambda: of(letters, zoe, "A second chance for"), what="Zoe's offer")
    zoe.wait_for_page(link_in(mail, "my-offer"), "Accept and buy")
    assert "$10.00" in zoe.page.inner_text("main")
    zoe.page.get_by_role("button", name="Accept and buy").click()
    zoe.wait_for_page(f"{deal.item}/my-order", "Pay now")
    order = zoe.page.url
    give_address(zoe)
    zoe.page.get_by_role("button", name="Pay now").click()
    assert zoe.page.url.startswith(house.url("till"))
    assert "1500 USD" in zoe.page.inner_text("body")
    zoe.page.get_by_role("button", name="Pay", exact=True).click()
    zoe.wait_to_see("Your payment was received.", order)
    wait_for(lambda: of(letters, zoe, "Payment received:"), what="Zoe's mail")
    wait_for(lambda: len(of(letters, sal, "Paid:")) == 2, what="Sal's second payment")
    once = ("A second chance for", "Your order:", "Payment received:")
    assert [len(of(letters, zoe, subject)) for subject in once] == [1, 1, 1]


def of(letters: Letters, person: Person, subject: str) -> list[EmailMessage]:
    return [it for it in letters.to(person.address) if str(it["Subject"]).startswith(subject)]
