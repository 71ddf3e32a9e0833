"""How people want to be told: at once, daily or not at all, and not too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from service_kit.clock import utc

from mailer_service.config import Config

from .arrived import arrived
from .conftest import FakeClock, Mailer
from .mail_server import MailServer, html_of, text_of
from .services import House

BERLIN = ZoneInfo("Europe/Berlin")
DAY_S = 24 * 3600


@pytest.fixture
def clock() -> FakeClock:
    """Noon in Berlin, on the hour."""
    return FakeClock(int(datetime(2026, 11, 21, 12, 0, tzinfo=BERLIN).timestamp()) * 1000)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, per_hour=5, new_bids=2)


def outbid_ada(mailer: Mailer, house: House, *numbers: int) -> None:
    """By bids of the numbers; of the seller we hear nothing."""
    house.customer("Sally", notices={"new-bid": "off"})
    mailer.deliver("bids", *(house.bid(number, outbid="Ada") for number in numbers))
    mailer.work()


def test_what_is_switched_off_is_not_sent_and_recorded_so(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    house.customer("Ada", notices={"outbid": "off"})

    outbid_ada(mailer, house, 1)

    assert mail_server.mails == []
    assert {row.outcome for row in mailer.ledger} == {"off"}


def test_an_account_mail_comes_whatever_is_switched_off(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer(
        "Ada",
        notices={"outbid": "off", "order": "off"},
        password_reset={"id": "1"},
        links={"reset-password": "/reset"},
    )

    mailer.deliver("customers", url)
    mailer.work()

    assert len(mail_server.mails) == 1


def test_daily_means_one_mail_in_the_readers_morning(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily", "answer": "daily"}, time_zone="Asia/Tokyo")
    outbid_ada(mailer, house, 1, 2, 3)
    clock.advance(seconds=11 * 3600 + 59 * 60)  # 23:59 in Berlin, 7:59 in Tokyo
    mailer.work()
    assert mail_server.mails == []

    clock.advance(seconds=60)
    mailer.work()
    mailer.work()

    assert arrived(mail_server) == {("Your day at Gavel: 3 pieces of news", "ada@example.org")}
    (mail,) = mail_server.mails
    assert text_of(mail).count("You have been outbid on Brass lamp ($12.50)") == 3
    assert html_of(mail).count("You have been outbid on Brass lamp") == 3
    assert mail["Date"].datetime == utc(clock())


def test_the_next_day_has_a_digest_of_its_own(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily"})
    outbid_ada(mailer, house, 1)
    clock.advance(seconds=DAY_S)
    mailer.work()
    outbid_ada(mailer, house, 1, 2)
    clock.advance(seconds=DAY_S)
    mailer.work()

    assert len(mail_server.mails) == 2
    assert len({str(mail["Message-ID"]) for mail in mail_server.mails}) == 2
    assert [str(mail["Subject"]) for mail in mail_server.mails] == [
        "Your day at Gavel: one piece of news"
    ] * 2


def test_without_news_there_is_no_digest(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily"})
    for _ in range(3):
        clock.advance(seconds=DAY_S)
        mailer.work()

    assert mail_server.mails == []


def test_what_was_switched_off_since_is_not_in_the_digest(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily"})
    outbid_ada(mailer, house, 1)
    house.customer("Ada", notices={"outbid": "off"})
    clock.advance(seconds=DAY_S)
    mailer.work()

    assert mail_server.mails == []


def test_a_digest_is_killed_and_sent_once_all_the_same(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily"})
    outbid_ada(mailer, house, 1, 2)
    clock.advance(seconds=DAY_S)
    mail_server.stop()
    mailer.work()
    mail_server.start()
    clock.advance(seconds=3600)
    mailer.work()

    assert len(mail_server.mails) == 1


def test_of_many_bids_in_an_hour_the_seller_gets_some_and_one_mail_for_the_rest(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    for number in range(1, 7):
        price = {"amount": f"{10 + number}.00", "currency": "USD"}
        mailer.deliver("bids", house.bid(number, price=price))
    mailer.work()
    assert len(mail_server.mails) == 2

    clock.advance(seconds=3600)
    mailer.work()

    subjects = [str(mail["Subject"]) for mail in mail_server.mails]
    assert subjects == ["New bid on Brass lamp"] * 2 + ["4 more bids on Brass lamp"]
    assert "$16.00" in text_of(mail_server.mails[2])
    assert "/unsubscribe/Sally/new-bid" in mail_server.mails[2]["List-Unsubscribe"]


def test_in_the_next_hour_the_seller_hears_at_once_again(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 5)))
    mailer.work()
    clock.advance(seconds=3600)
    mailer.deliver("bids", house.bid(9))
    mailer.work()

    subjects = sorted(str(mail["Subject"]) for mail in mail_server.mails)
    assert subjects == ["2 more bids on Brass lamp"] + ["New bid on Brass lamp"] * 3


def test_what_is_over_the_hourly_rate_is_in_the_digest_and_nothing_is_lost(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    outbid_ada(mailer, house, *range(1, 9))
    assert len(mail_server.mails) == 5

    clock.advance(seconds=DAY_S)
    mailer.work()

    assert [str(mail["Subject"]) for mail in mail_server.mails[5:]] == [
        "Your day at Gavel: 3 pieces of news"
    ]


def test_a_hail_of_password_resets_is_spread_out(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    for number in range(7):
        url = house.customer(
            "Ada",
            password_reset={"id": str(number)},
            links={"reset-password": f"/reset/{number}"},
        )
        mailer.deliver("customers", url)
        mailer.work()
    assert len(mail_server.mails) == 5

    clock.advance(seconds=3601)
    mailer.work()

    # The sixth was overtaken by the seventh: its link is worth nothing any more.
    assert len(mail_server.mails) == 6
    assert "/reset/6" in text_of(mail_server.mails[5])


def bounce_twice(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock, answer: str
) -> None:
    """By bids 1 and 2, more than a day apart; then mail is taken again."""
    mail_server.on_recipient = lambda _to: answer
    outbid_ada(mailer, house, 1)
    clock.advance(seconds=DAY_S + 60)
    outbid_ada(mailer, house, 2)
    mail_server.on_recipient = lambda _to: "250 OK"


def test_after_hard_bounces_on_two_days_nothing_goes_to_that_address(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    bounce_twice(mailer, house, mail_server, clock, "550 5.1.1 no such user")
    outbid_ada(mailer, house, 3)

    assert mail_server.mails == []
    assert sorted(row.outcome for row in mailer.ledger if row.kind == "outbid") == [
        "refused",
        "refused",
        "suppressed",
    ]
    ((address, reason),) = [(row.address, row.reason) for row in mailer.suppressions]
    assert (address, reason) == (
        "ada@example.org",
        "recipient refused: 550 5.1.1 no such user",
    )


@pytest.mark.parametrize(
    "answer",
    [
        "554 5.7.1 your host is on a list",
        "552 5.2.2 mailbox full",
        "504 5.5.2 Helo command rejected",
        "550 5.1.8 the sender's domain does not exist",
        "550 rejected",
        "550 5.4.1 Recipient address rejected: Access denied",
    ],
)
def test_a_server_that_dislikes_us_suppresses_nobody(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock, answer: str
) -> None:
    bounce_twice(mailer, house, mail_server, clock, answer)
    outbid_ada(mailer, house, 3)

    assert "ada@example.org" in mail_server.recipients
    assert mailer.suppressions == []


def test_one_bad_day_of_a_server_suppresses_nobody(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.on_recipient = lambda _to: "550 5.1.1 no such user"
    outbid_ada(mailer, house, 1)
    clock.advance(seconds=3600)
    outbid_ada(mailer, house, 2)
    mail_server.on_recipient = lambda _to: "250 OK"
    clock.advance(seconds=DAY_S)
    outbid_ada(mailer, house, 3)
    assert mail_server.recipients == ["ada@example.org"]

    mail_server.on_recipient = lambda _to: "550 5.1.1 no such user"
    outbid_ada(mailer, house, 4)
    mail_server.on_recipient = lambda _to: "250 OK"
    outbid_ada(mailer, house, 5)
    assert mail_server.recipients == ["ada@example.org"] * 2


def test_a_suppression_ends(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    bounce_twice(mailer, house, mail_server, clock, "550 5.1.1 no such user")
    clock.advance(seconds=91 * DAY_S)
    outbid_ada(mailer, house, 3)

    assert mail_server.recipients == ["ada@example.org"]


def test_a_password_that_somebody_asks_for_is_tried_all_the_same(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    bounce_twice(mailer, house, mail_server, clock, "550 5.1.1 no such user")
    url = house.customer("Ada", password_reset={"id": "1"}, links={"reset-password": "/reset"})
    mailer.deliver("customers", url)
    mailer.work()

    assert mail_server.recipients == ["ada@example.org"]


def test_a_verified_new_address_lifts_the_suppression(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    bounce_twice(mailer, house, mail_server, clock, "550 no such user")

    mailer.deliver("customers", house.customer("Ada", email="ada@new.example"), type="update")
    outbid_ada(mailer, house, 3)

    assert mail_server.recipients == ["ada@new.example"]
    assert mailer.suppressions == []


def test_a_suppressed_address_can_still_be_verified(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    bounce_twice(mailer, house, mail_server, clock, "550 no such user")

    mailer.deliver("customers", house.unverified("Ada", "v2"))
    mailer.work()

    assert mail_server.recipients == ["ada@example.org"]


def test_one_click_switches_the_kind_off(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    outbid_ada(mailer, house, 1)

    (mail,) = mail_server.mails
    assert mail["List-Unsubscribe"] == f"<{house.auctions.url}/unsubscribe/Ada/outbid>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for body in (text_of(mail), html_of(mail)):
        assert f"{house.auctions.url}/unsubscribe/Ada/outbid" in body
        assert f"{house.auctions.url}/notices/preferences" in body


def test_one_click_on_a_digest_switches_off_what_is_in_it(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    house.customer("Ada", notices={"outbid": "daily", "second-chance": "daily"})
    outbid_ada(mailer, house, 1)
    clock.advance(seconds=DAY_S)
    mailer.work()
    outbid_ada(mailer, house, 2)
    mailer.deliver("offers", house.offer(clock() + 10**9))
    mailer.work()
    clock.advance(seconds=DAY_S)
    mailer.work()

    one, several = mail_server.mails
    assert one["List-Unsubscribe"] == f"<{house.auctions.url}/unsubscribe/Ada/outbid>"
    both = f"<{house.auctions.url}/unsubscribe/Ada/outbid,second-chance>"
    assert several["List-Unsubscribe"] == both
    assert several["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("rel", ["unsubscribe", "preferences"])
def test_a_link_to_another_host_is_not_mailed(
    mailer: Mailer, house: House, mail_server: MailServer, rel: str
) -> None:
    house.customer("Ada")
    links = house.auctions.documents["/customers/ada"]["_links"]
    links[rel]["href"] = "https://evil.example/{kind}"

    outbid_ada(mailer, house, 1)

    assert mail_server.mails == []
    assert [row.step for row in mailer.ledger if row.kind == "outbid"] == ["noticed"]


def test_an_auction_house_of_an_older_version_still_gets_mail_out(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.customer("Ada")
    document = house.auctions.documents["/customers/ada"]
    for key in ("time_zone", "notices"):
        del document[key]
    document["_links"] = {"self": {"href": url}}

    outbid_ada(mailer, house, 1)

    (mail,) = mail_server.mails
    assert mail["List-Unsubscribe"] is None
    assert "None" not in text_of(mail) + html_of(mail)
