"""Each kind of mail, from a delivery of the bus to a real SMTP server."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from werkzeug import Response

from mailer_service.model.kinds import SIGN_IN_CHANGES

from .arrived import arrived
from .conftest import FakeClock, Mailer
from .mail_server import MailServer, html_of, text_of
from .services import House

HOUR_MS = 3_600_000


def deliver(mailer: Mailer, topic: str, url: str) -> None:
    assert mailer.deliver(topic, url).status_code == 204
    mailer.work()


def only(mail_server: MailServer) -> EmailMessage:
    (mail,) = mail_server.mails
    return mail


def test_whoever_bid_on_what_was_sold_and_did_not_win_hears_once(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    for name in ("Carl", "Dora", "Emil"):
        house.customer(name)
    url = house.bidding(
        status="closed",
        outcome="sold",
        leader="Bob",
        bidders=("Bob", "Carl", "Carl", "Dora", "Carl", "Bob", "Emil"),
    )

    deliver(mailer, "biddings", url)

    assert arrived(mail_server) == {
        ("You won Brass lamp", "bob@example.org"),
        ("Sold: Brass lamp", "sally@example.org"),
        ("Not won: Brass lamp", "carl@example.org"),
        ("Not won: Brass lamp", "dora@example.org"),
        ("Not won: Brass lamp", "emil@example.org"),
    }


def test_what_several_hear_of_one_thing_is_a_mail_of_its_own_for_each(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    house.customer("Carl")
    bidders = ("Bob", "Ada", "Carl")
    url = house.bidding(status="closed", outcome="sold", leader="Bob", bidders=bidders)

    deliver(mailer, "biddings", url)

    lost = [mail for mail in mail_server.mails if str(mail["Subject"]).startswith("Not won")]
    assert len({str(mail["Message-ID"]) for mail in lost}) == len(lost) == 2


def test_a_page_of_bids_that_fails_is_read_again_and_nobody_hears_twice(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Carl")
    url = house.bidding(
        status="closed", outcome="sold", leader="Bob", bidders=("Bob", "Ada", "Carl"), page=1
    )
    house.bids.next_answer(f"{house.bids.url}/bids-page/2", Response("", 503))

    deliver(mailer, "biddings", url)
    clock.advance(seconds=2)
    mailer.work()

    lost = {address for subject, address in arrived(mail_server) if subject.startswith("Not won")}
    assert lost == {"ada@example.org", "carl@example.org"}


def test_a_password_reset_leads_to_its_page(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer("Ada", password_reset={"id": "r1"}, links={"reset-password": "/reset/r1"})

    deliver(mailer, "customers", url)
    deliver(mailer, "customers", url)

    assert f"{house.auctions.url}/reset/r1" in text_of(only(mail_server))
    assert only(mail_server)["List-Unsubscribe"] is None


def test_of_a_request_that_was_made_anew_only_the_last_is_mailed(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    for request in ("r1", "r2"):
        url = house.customer(
            "Ada", password_reset={"id": request}, links={"reset-password": f"/reset/{request}"}
        )
        mailer.deliver("customers", url)
        mailer.work("examine")

    mailer.work()

    assert f"{house.auctions.url}/reset/r2" in text_of(only(mail_server))
    assert {row.outcome for row in mailer.ledger} == {"sent", "moot"}


def test_a_change_of_address_asks_the_new_one_and_warns_the_old_one(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer(
        "Ada",
        address_change={"id": "c1", "to": "ada@new.example"},
        links={"confirm-address": "/confirm/c1"},
    )

    deliver(mailer, "customers", url)

    assert arrived(mail_server) == {
        ("Please confirm your new e-mail address", "ada@new.example"),
        ("Your e-mail address is about to change", "ada@example.org"),
    }
    texts = {str(m["To"].addresses[0].addr_spec): text_of(m) for m in mail_server.mails}
    assert "/confirm/c1" in texts["ada@new.example"]
    assert "/confirm/c1" not in texts["ada@example.org"]


def test_changes_of_how_one_signs_in_are_one_mail_each_however_often_they_are_announced(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    changed = [{"id": f"s{n}", "what": what} for n, what in enumerate(SIGN_IN_CHANGES)]
    links = {"security": "/account/two-factor"}
    url = house.customer("Ada", sign_in_changes=changed[:1], links=links)
    deliver(mailer, "customers", url)
    house.customer("Ada", sign_in_changes=changed, links=links)

    for _ in range(2):
        deliver(mailer, "customers", url)

    assert len(mail_server.mails) == len(SIGN_IN_CHANGES)
    texts = {text_of(m) for m in mail_server.mails}
    assert len(texts) == len(SIGN_IN_CHANGES)
    assert all(f"{house.auctions.url}/account/two-factor" in text for text in texts)


def test_who_confirms_quickly_does_not_keep_the_old_address_from_its_warning(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer(
        "Ada",
        address_change={"id": "c1", "to": "ada@new.example"},
        links={"confirm-address": "/confirm/c1"},
    )
    mailer.deliver("customers", url)
    mailer.work("examine")
    house.customer("Ada", email="ada@new.example")

    mailer.work()

    assert arrived(mail_server) == {("Your e-mail address is about to change", "ada@example.org")}


def test_a_new_customer_is_welcomed_once(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer("Ada", welcomed={"id": "w1"})

    deliver(mailer, "customers", url)
    deliver(mailer, "customers", url)

    assert arrived(mail_server) == {("Welcome to Gavel", "ada@example.org")}
    assert house.auctions.url in text_of(only(mail_server))


def test_whoever_signs_up_again_is_told_that_there_is_an_account(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer("Ada", signed_up_again={"id": "s1"}, links={"sign-in": "/sign-in"})

    deliver(mailer, "customers", url)
    deliver(mailer, "customers", url)

    assert arrived(mail_server) == {("You have an account already", "ada@example.org")}
    assert f"{house.auctions.url}/sign-in" in text_of(only(mail_server))


def test_a_question_reaches_the_seller_with_its_words(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    deliver(mailer, "questions", house.question())

    assert arrived(mail_server) == {("Question about Brass lamp", "sally@example.org")}
    assert "> Is it <old>?\n> Very?" in text_of(only(mail_server))
    assert "Is it &lt;old&gt;?" in html_of(only(mail_server))


def test_an_answer_reaches_who_asked(mailer: Mailer, house: House, mail_server: MailServer) -> None:
    deliver(mailer, "questions", house.question())
    deliver(mailer, "questions", house.question(answer="Yes."))

    assert ("Answer about Brass lamp", "bob@example.org") in arrived(mail_server)
    assert len(mail_server.mails) == 2


def test_each_step_of_an_order_is_told_once_to_the_other_side(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    steps = [("paid", "buyer"), ("shipped", "seller"), ("received", "buyer")]
    for taken in range(1, 4):
        deliver(mailer, "orders", house.order(*steps[:taken]))

    assert arrived(mail_server) == {
        ("Paid: Brass lamp", "sally@example.org"),
        ("Shipped: Brass lamp", "bob@example.org"),
        ("Received: Brass lamp", "sally@example.org"),
    }
    assert all("/orders/1" in text_of(mail) for mail in mail_server.mails)


def test_what_the_house_does_to_an_order_reaches_both(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    deliver(mailer, "orders", house.order(("cancelled", "house")))

    assert {address for _, address in arrived(mail_server)} == {
        "bob@example.org",
        "sally@example.org",
    }


def test_a_watcher_hears_that_an_item_ends_soon_in_the_own_time(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    clock.ms = 1_795_260_000_000
    house.customer("Ada", locale="de", time_zone="America/New_York")

    deliver(mailer, "reminders", house.reminder(clock() + HOUR_MS))

    assert arrived(mail_server) == {("Endet bald: Brass lamp", "ada@example.org")}
    assert "21.11.2026, 07:20 GMT-05:00" in text_of(only(mail_server))


def test_a_reminder_that_comes_after_the_end_is_not_sent(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    deliver(mailer, "reminders", house.reminder(clock() - 1))

    assert mail_server.mails == []
    assert [row.outcome for row in mailer.ledger] == ["late"]


def test_a_reminder_that_the_server_kept_waiting_beyond_the_end_is_not_sent(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.stop()
    deliver(mailer, "reminders", house.reminder(clock() + HOUR_MS))
    clock.advance(seconds=3600)
    mail_server.start()

    mailer.work()

    assert mail_server.mails == []
    assert [row.outcome for row in mailer.ledger] == ["late"]


def test_a_second_chance_reaches_its_bidder_while_it_stands(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    deliver(mailer, "offers", house.offer(clock() + HOUR_MS))
    deliver(mailer, "offers", house.offer(clock() + HOUR_MS, status="declined"))

    assert arrived(mail_server) == {("A second chance for Brass lamp", "ada@example.org")}
    assert "$80.00" in text_of(only(mail_server))


@pytest.mark.parametrize("topic", ["orders", "questions", "reminders", "offers"])
def test_an_entity_that_makes_no_sense_is_asked_about_again(
    mailer: Mailer, house: House, mail_server: MailServer, topic: str
) -> None:
    deliver(mailer, topic, house.auctions.put("/odd/1", {"_links": {}}))

    assert mail_server.mails == []
    assert len(mailer.inbox) == 1


def test_a_sale_whose_bids_are_not_linked_is_asked_about_again(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bidding(status="closed", outcome="sold", leader="Bob")
    del house.bids.documents["/biddings/1"]["_links"]["bids"]

    deliver(mailer, "biddings", url)

    assert len(mail_server.mails) == 2  # who won and who sold has nothing to do with it
    assert len(mailer.inbox) == 1


def test_a_message_about_an_order_reaches_the_other_side_once_with_its_words(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    for _ in range(2):
        deliver(mailer, "messages", house.message())

    assert arrived(mail_server) == {("Message about Brass lamp", "bob@example.org")}
    assert "> On <Monday>?" in text_of(only(mail_server))
    assert "On &lt;Monday&gt;?" in html_of(only(mail_server))
    assert f"{house.auctions.url}/orders/1" in text_of(only(mail_server))


def test_of_a_message_that_was_removed_before_its_mail_nobody_hears(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    deliver(mailer, "messages", house.message(text=None))

    assert mail_server.mails == []


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("message-removed", "We have removed a message about Brass lamp"),
        ("message-shown", "Decision lifted: message about Brass lamp"),
        ("message-stays", "Your appeal: message about Brass lamp"),
    ],
)
def test_who_wrote_a_message_hears_once_what_was_decided_about_it(
    mailer: Mailer, house: House, mail_server: MailServer, kind: str, subject: str
) -> None:
    links = {"customer": house.customer("Bob"), "auction": house.auction()}
    links["page"] = f"{house.auctions.url}/appeals/token"
    linked = {rel: {"href": url} for rel, url in links.items()}
    told = {"kind": kind, "text": "Rule 4.", "at_ms": 1, "_links": linked}
    url = house.auctions.put("/statements/1", told)

    for _again in range(2):
        deliver(mailer, "statements", url)

    mail = only(mail_server)
    assert arrived(mail_server) == {(subject, "bob@example.org")}
    assert "Rule 4." in text_of(mail)
    assert "/appeals/token" in text_of(mail)
