"""What goes wrong at the services a mail is about: asked again later, or a dead letter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug import Response

from .arrived import arrived
from .conftest import FakeClock, Mailer
from .mail_server import MailServer, text_of
from .services import House


def test_without_a_disk_the_bus_is_told_to_come_again(mailer: Mailer, house: House) -> None:
    with mailer.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE inbox")

    assert mailer.deliver("bids", house.bid()).status_code == 500


def test_a_service_that_is_down_is_asked_again_later(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    url = house.bid()
    house.bids.next_answer(url, Response("", 503))
    house.bids.next_answer(url, Response("<html>", 200))
    house.bids.next_answer(url, Response("{}", 200))
    mailer.deliver("bids", url)

    for _ in range(3):
        mailer.work()
        assert mail_server.mails == []
        clock.advance(seconds=4)
    mailer.work()

    assert len(mail_server.mails) == 1
    assert mailer.dead_letters == []


def test_a_retry_waits_its_time(mailer: Mailer, house: House, clock: FakeClock) -> None:
    url = house.bid()
    house.bids.next_answer(url, Response("", 503))
    mailer.deliver("bids", url)
    mailer.work()

    clock.advance(seconds=0.4)
    mailer.work()

    assert house.bids.requested == ["/bids/1"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_entity_that_is_gone_is_a_dead_letter(mailer: Mailer, house: House, status: int) -> None:
    url = house.bid()
    house.bids.next_answer(url, Response("", status))
    mailer.deliver("bids", url)
    mailer.work()

    assert mailer.inbox == []
    ((url_, reason),) = [(row.url, row.reason) for row in mailer.dead_letters]
    assert url_ == url
    assert str(status) in reason


def test_a_url_of_a_stranger_is_a_dead_letter_and_never_fetched(
    mailer: Mailer, house: House
) -> None:
    mailer.deliver("bids", "http://169.254.169.254/latest/meta-data")
    mailer.deliver("bids", house.bids.url.replace("localhost", "localhost.evil.example") + "/b")
    mailer.work()

    assert [row.reason.partition(":")[0] for row in mailer.dead_letters] == ["UnknownHost"] * 2


def test_a_bid_whose_links_lead_to_a_stranger_is_written_off_not_followed(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bid()
    links = house.bids.documents["/bids/1"]["_links"]
    links["seller"]["href"] = "http://169.254.169.254/"
    mailer.deliver("bids", url)
    mailer.work()

    assert mail_server.mails == []
    assert [row.outcome for row in mailer.ledger] == ["gone"]


def test_a_recipient_who_is_gone_does_not_keep_the_others_from_their_mail(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bid(outbid="Ada")
    house.auctions.remove(f"{house.auctions.url}/customers/ada")
    mailer.deliver("bids", url)
    mailer.work()
    mailer.work()

    assert arrived(mail_server) == {("New bid on Brass lamp", "sally@example.org")}
    assert {row.outcome for row in mailer.ledger} == {"sent", "gone"}


def test_a_seller_who_is_gone_leaves_the_winner_a_mail_without_the_name(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bidding(status="closed", outcome="sold", leader="Bob")
    house.auctions.remove(f"{house.auctions.url}/customers/sally")
    mailer.deliver("biddings", url)
    mailer.work()

    assert arrived(mail_server) == {("You won Brass lamp", "bob@example.org")}
    assert "The seller is" not in text_of(mail_server.mails[0])


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_seller_who_cannot_be_asked_for_now_puts_the_mail_off_until_there_is_a_name(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock, status: int
) -> None:
    url = house.bidding(status="closed", outcome="sold", leader="Bob")
    for _ in range(2):  # for her own mail, and for her name in the winner's
        house.auctions.next_answer(f"{house.auctions.url}/customers/sally", Response("", status))
    mailer.deliver("biddings", url)
    mailer.work()
    assert mail_server.mails == []

    clock.advance(seconds=4)
    mailer.work()

    assert arrived(mail_server) == {
        ("You won Brass lamp", "bob@example.org"),
        ("Sold: Brass lamp", "sally@example.org"),
    }
    (to_the_winner,) = [mail for mail in mail_server.mails if "You won" in str(mail)]
    assert "The seller is" in text_of(to_the_winner)


def test_after_five_days_an_unreadable_entity_is_a_dead_letter(
    mailer: Mailer, house: House, clock: FakeClock
) -> None:
    mailer.deliver("bids", house.bids.put("/bids/1", {"nothing": "useful"}))
    mailer.work()
    clock.advance(seconds=5 * 24 * 3600)
    mailer.work()

    assert mailer.inbox == []
    assert len(mailer.dead_letters) == 1


def test_news_that_comes_while_an_entity_is_looked_at_is_looked_at_again(
    mailer: Mailer, house: House, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bidding closes right after the mailer has read it open."""
    url = house.bidding(leader="Bob")
    ask = house.bids._answer

    def answer_then_close(request: Any) -> Response:
        response = ask(request)
        if len(house.bids.requested) == 1:
            house.bidding(status="closed", outcome="sold", leader="Bob")
            mailer.deliver("biddings", url, type="update")
        return response

    house.bids.server.clear()
    house.bids.server.expect_request(re.compile("/.*")).respond_with_handler(answer_then_close)
    mailer.deliver("biddings", url, type="update")
    mailer.work()

    assert len(mail_server.mails) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "closed", "outcome": None, "leader": "Bob"},
        {"status": "closed", "outcome": "sold"},
        {"status": "closed", "outcome": "sold", "leader": "Bob", "price": None},
    ],
)
def test_an_end_that_makes_no_sense_is_asked_about_again_not_forgotten(
    mailer: Mailer, house: House, mail_server: MailServer, changes: dict[str, Any]
) -> None:
    mailer.deliver("biddings", house.bidding(**changes))
    mailer.work()

    assert mail_server.mails == []
    assert len(mailer.inbox) == 1


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"outcome": "won"}, "outcome"),
        ({"price": {"amount": 12.5, "currency": "USD"}}, "price"),
        ({"price": None}, "price"),
        ({"_links": {}}, "auction"),
        ({"_links": []}, "_links"),
        ({"_links": {"auction": {"href": "http://x/" + "a" * 2000}}}, "auction"),
    ],
)
def test_a_bid_that_lacks_something_waits_for_a_better_answer(
    mailer: Mailer,
    house: House,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, Any],
    missing: str,
) -> None:
    mailer.deliver("bids", house.bid(**changes))
    mailer.work()

    assert len(mailer.inbox) == 1
    assert mailer.ledger == []
    assert missing in caplog.text


def test_a_verification_link_to_another_host_is_not_mailed(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.unverified("Ada")
    links = house.auctions.documents["/customers/ada"]["_links"]
    links["verify-email"]["href"] = "https://evil.example/verify"

    mailer.deliver("customers", url)
    mailer.work()

    assert mail_server.mails == []
    assert len(mailer.inbox) == 1


def test_a_customer_who_verifies_before_the_mail_is_written_gets_none(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.unverified("Ada")
    mailer.deliver("customers", url)
    house.customer("Ada")
    mailer.work()

    assert mail_server.mails == []
    assert mailer.inbox == []
