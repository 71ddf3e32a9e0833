"""After the sale: the two sides note what was done, and say how it went."""

from playwright.sync_api import expect

from tests.auction_app.browser.live_app import LiveApp
from tests.auction_app.browser.variants import LOOKS, Look, in_every_look, in_two_looks
from tests.auction_app.orders.test_unpaid import days
from tests.auction_app.sale import sell


@in_every_look
def test_a_sale_goes_from_hand_to_hand(live_app: LiveApp, look: Look) -> None:
    sale = sell(live_app.world, language=look.language)
    ada, sam = live_app.known(sale.ada, look), live_app.known(sale.sam, look)
    ada.go("/")
    ada.follow_menu("Orders")
    ada.sees("Order placed")
    ada.follow("Brass desk lamp")
    ada.press("I have paid")
    ada.sees("Saved. The seller has been notified.")
    ada.sees("Waiting for the seller.")

    sam.go("/my/notices")
    sam.sees("News about your order")
    sam.go(sale.order)
    sam.press("I have shipped it")
    ada.go(sale.order)
    ada.press("I have received it")

    expect(ada.page.locator(".happened li strong")).to_have_text(
        [ada.says(step) for step in ("Order placed", "Paid", "Shipped", "Received")]
    )


@in_two_looks
def test_both_sides_say_how_it_went(live_app: LiveApp, look: Look) -> None:
    sale = sell(live_app.world, language=look.language)
    for member, step in ((sale.ada, "paid"), (sale.sam, "shipped"), (sale.ada, "received")):
        member.post(f"{sale.order}/steps", {"status": step})
    ada, sam = live_app.known(sale.ada, look), live_app.known(sale.sam, look)
    ada.go(sale.order)
    ada.tick("Good")
    ada.fill("In a few words", " ")
    ada.press("Give feedback")
    ada.is_told("In a few words", "Please fill this in.")
    expect(ada.page.get_by_role("radio", name=ada.says("Good"), exact=True)).to_be_checked()
    ada.fill("In a few words", "Packed with care.")
    ada.press("Give feedback")
    ada.sees("Thank you. Your feedback is on the other side's page.")

    sam.go(sale.order)
    sam.sees_text("Packed with care.")
    sam.tick("Neutral")
    sam.fill("In a few words", "Paid late.")
    sam.press("Give feedback")

    sam.follow("Ada")
    sam.sees_text("Paid late.")
    ada.follow("Sam")
    ada.sees_text(f"{ada.says('Good')}: 1")
    ada.sees_text("Packed with care.")


def test_on_paper_an_order_and_its_receipt_have_nothing_to_press(live_app: LiveApp) -> None:
    sale = sell(live_app.world)
    for member, step in ((sale.ada, "paid"), (sale.sam, "shipped"), (sale.ada, "received")):
        member.post(f"{sale.order}/steps", {"status": step})
    ada = live_app.known(sale.ada, LOOKS[0])
    for path, stays in ((sale.order, "Order history"), (f"{sale.order}/receipt", "Receipt")):
        ada.go(path)
        ada.page.emulate_media(media="screen")
        expect(ada.page.locator("header.top")).to_be_visible()
        ada.page.emulate_media(media="print")
        expect(ada.page.get_by_role("heading", name=stays)).to_be_visible()
        for gone in ("header.top", "footer", ".back", "main button", "main [role=button]"):
            expect(ada.page.locator(gone).filter(visible=True)).to_have_count(0)


@in_two_looks
def test_a_sale_is_cancelled_by_both_and_the_item_listed_again(
    live_app: LiveApp, look: Look
) -> None:
    sale = sell(live_app.world, language=look.language)
    ada, sam = live_app.known(sale.ada, look), live_app.known(sale.sam, look)
    ada.go(sale.order)
    ada.unfold("Ask to cancel the order")
    ada.fill("Reason", "I bid on the wrong lamp.")
    live_app.world.clock.pass_s(1)
    ada.press("Send the request")
    ada.sees("Saved. The seller has been notified.")

    sam.go(sale.order)
    sam.sees_text("I bid on the wrong lamp.")
    live_app.world.clock.pass_s(1)
    sam.press("Accept")
    expect(sam.page.locator(".happened li strong").last).to_have_text(sam.says("Cancelled"))
    sam.press("List it again")

    expect(sam.field("Title")).to_have_value("Brass desk lamp")
    ada.go_again()
    expect(ada.page.get_by_role("button", name=ada.says("I have paid"))).to_have_count(0)


@in_two_looks
def test_what_is_not_paid_is_sold_to_the_next_who_pays(live_app: LiveApp, look: Look) -> None:
    sale = sell(live_app.world, language=look.language)
    days(live_app.world, 6, sale)
    ada = live_app.known(sale.ada, look)
    ada.go("/my/notices")
    ada.sees("News about your order")
    days(live_app.world, 9, sale)
    ada, sam = live_app.known(sale.ada, look), live_app.known(sale.sam, look)
    ada.go(sale.order)
    ada.sees("You have not paid in time. You still can, until the seller cancels the order.")

    sam.go(sale.order)
    sam.follow("Second chance offers")
    with sam.page.expect_navigation():
        sam.page.locator(".rows button").click()
    sam.sees("It is offered. We tell you when the bidder answers.")
    ada.go_again()
    ada.sees("The order is cancelled. There is nothing left to do.")

    bob = live_app.known(sale.bob, look)
    bob.go(f"{sale.item}/my-offer")
    bob.press("Accept and buy")
    bob.go(f"{sale.item}/my-order")
    bob.press("I have paid")
    bob.sees("Saved. The seller has been notified.")
