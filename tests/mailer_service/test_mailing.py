"""From a delivery of the bus to a mail on a real SMTP server."""

from __future__ import annotations

import re

import pytest

from .arrived import arrived
from .conftest import Mailer
from .mail_server import MailServer, html_of, text_of
from .services import House


def test_a_bid_reaches_the_seller_and_the_outbid_bidder(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bid(outbid="Ada")

    assert mailer.deliver("bids", url).status_code == 204
    mailer.work()

    assert arrived(mail_server) == {
        ("New bid on Brass lamp", "sally@example.org"),
        ("You have been outbid on Brass lamp", "ada@example.org"),
    }
    for mail in mail_server.mails:
        assert "$12.50" in text_of(mail)
        assert "$12.50" in html_of(mail)
        assert f"{house.auctions.url}/auctions/1" in text_of(mail)
        assert f'href="{house.auctions.url}/auctions/1"' in html_of(mail)


def test_a_raised_maximum_reaches_nobody(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("bids", house.bid(outcome="raised"))
    mailer.work()

    assert mail_server.mails == []
    assert mailer.inbox == []


def test_a_sale_reaches_both_with_each_others_names(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bidding(status="closed", outcome="sold", leader="Bob")

    mailer.deliver("biddings", url, type="update")
    mailer.work()

    assert arrived(mail_server) == {
        ("You won Brass lamp", "bob@example.org"),
        ("Sold: Brass lamp", "sally@example.org"),
    }
    texts = {str(m["To"].addresses[0].addr_spec): text_of(m) for m in mail_server.mails}
    assert "The seller is Sally." in texts["bob@example.org"]
    assert "The winner is Bob." in texts["sally@example.org"]
    assert all("$99.00" in text for text in texts.values())


@pytest.mark.parametrize(
    ("language", "buyer", "seller", "loser"),
    [
        (
            "en",
            ("You bought Brass lamp", "You bought it", "because you bought this item"),
            "“Brass lamp” was bought at your buy-now price. The buyer is Bob.",
            "somebody has bought it at the buy-now price",
        ),
        (
            "de",
            (
                "Gekauft: Brass lamp",
                "Sie haben den Artikel gekauft",
                "Artikel gekauft haben",
            ),
            "„Brass lamp“ wurde zum Sofortkaufpreis gekauft, von Bob.",
            "jemand hat den Artikel zum Sofortkaufpreis gekauft",
        ),
    ],
)
def test_who_bought_at_once_has_won_nothing(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    language: str,
    buyer: tuple[str, str, str],
    seller: str,
    loser: str,
) -> None:
    for who in ("Bob", "Sally", "Ada"):
        house.customer(who, locale=language)
    ended = {"closed_at_ms": 1_000, "ends_at_ms": 5_000}
    url = house.bidding(status="closed", outcome="sold", leader="Bob", bidders=("Ada",), **ended)
    mailer.deliver("biddings", url, type="update")
    mailer.work()
    texts = {str(m["To"].addresses[0].addr_spec): text_of(m) for m in mail_server.mails}
    subject, *words = buyer
    assert (subject, "bob@example.org") in arrived(mail_server)
    said = " ".join(texts["bob@example.org"].split())
    assert all(each in said for each in words)
    assert seller in " ".join(texts["sally@example.org"].split())
    assert loser in " ".join(texts["ada@example.org"].split())


def test_a_sale_is_told_once_the_house_shows_its_item_again(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    house.auction(removed=True)
    url = house.bidding(status="closed", outcome="sold", leader="Bob")
    mailer.deliver("biddings", url, type="update")
    mailer.work()
    assert mail_server.mails == []

    house.auction()
    mailer.clock.advance(seconds=60)
    mailer.work()

    assert {address for _, address in arrived(mail_server)} == {
        "bob@example.org",
        "sally@example.org",
    }


def test_nobody_is_asked_to_bid_again_on_what_the_house_keeps_from_sight(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    house.auction(removed=True)
    mailer.deliver("bids", house.bid(1, outbid="Ada"))
    mailer.work()

    assert mail_server.mails == []
    assert {row.outcome for row in mailer.ledger} == {"moot"}


@pytest.mark.parametrize(
    ("leader", "reserve", "words", "losers"),
    [
        (None, "none", "without a sale: nobody bid.", set()),
        (None, "not_met", "without a sale: nobody bid.", set()),
        ("Bob", "not_met", "did not reach your reserve", {"bob@example.org"}),
        ("Bob", "met", "without a sale.", set()),  # called off
    ],
)
def test_an_unsold_item_reaches_the_seller_and_says_why_and_who_missed_the_reserve(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    leader: str | None,
    reserve: str,
    words: str,
    losers: set[str],
) -> None:
    url = house.bidding(status="closed", outcome="unsold", leader=leader, reserve=reserve)
    mailer.deliver("biddings", url)
    mailer.work()

    told_losers = {("Not won: Brass lamp", address) for address in losers}
    assert arrived(mail_server) == {("Not sold: Brass lamp", "sally@example.org")} | told_losers
    (to_seller,) = (mail for mail in mail_server.mails if "sally" in str(mail["To"]))
    assert words in text_of(to_seller)


def test_a_verification_mail_is_sent_once_a_request(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    for verification in ("v1", "v1", "v2"):
        mailer.deliver("customers", house.unverified("Ada", verification))
        mailer.work()

    links = [re.findall(r"http\S+/verify/\w+", text_of(mail)) for mail in mail_server.mails]
    assert links == [[f"{house.auctions.url}/verify/v1"], [f"{house.auctions.url}/verify/v2"]]


def test_a_customer_whose_address_is_unverified_still_hears_of_the_auction(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    house.unverified("Sally")

    mailer.deliver("bids", house.bid())
    mailer.work()

    assert arrived(mail_server) == {("New bid on Brass lamp", "sally@example.org")}


def test_repeated_events_mail_once(mailer: Mailer, house: House, mail_server: MailServer) -> None:
    first, second = house.bid(1, outbid="Ada"), house.bid(2)

    for _ in range(3):
        mailer.deliver("bids", first, second, first)
        mailer.work()

    assert len(mail_server.mails) == 3
    assert len(mailer.ledger) == 3


def test_a_late_delivery_says_the_price_of_its_bid_and_not_todays(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    early = house.bid(1, price={"amount": "10.00", "currency": "USD"})
    house.bid(2, price={"amount": "50.00", "currency": "USD"})
    house.bidding(leader="Bob")

    mailer.deliver("bids", early)
    mailer.work()

    assert "$10.00" in text_of(mail_server.mails[0])


@pytest.mark.parametrize(
    ("locale", "currency", "amount", "written"),
    [
        ("de", "USD", "1250.00", "1.250,00\xa0$"),
        ("de-AT", "EUR", "1250.00", "€\xa01.250,00"),
        ("en_GB", "GBP", "1250.00", "£1,250.00"),
        ("ja", "JPY", "1250", "￥1,250"),
        ("tlh-nonsense", "USD", "1250.00", "$1,250.00"),
    ],
)
def test_amounts_are_written_as_the_reader_writes_them(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    locale: str,
    currency: str,
    amount: str,
    written: str,
) -> None:
    house.customer("Sally", locale=locale)

    mailer.deliver("bids", house.bid(price={"amount": amount, "currency": currency}))
    mailer.work()

    assert written in text_of(mail_server.mails[0])


def test_hostile_words_stay_words(mailer: Mailer, house: House, mail_server: MailServer) -> None:
    house.auction(title="<script>alert(1)</script>\r\nBcc: all@example.org\u2028{{ 7 * 7 }}")
    house.customer("Sally", name='Sally" <evil@example.org>,\n<b>')

    mailer.deliver("bids", house.bid())
    mailer.work()

    (mail,) = mail_server.mails
    assert mail_server.recipients == ["sally@example.org"]
    assert mail["Bcc"] is None
    assert "<script" not in html_of(mail)
    assert "<b>" not in html_of(mail)
    assert "{{ 7 * 7 }}" in text_of(mail)
    assert str(mail["Subject"]).startswith("New bid on <script>alert(1)</script> Bcc: all")


def test_no_maximum_and_no_surplus_word_of_an_entity_gets_into_a_mail(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    url = house.bid(outbid="Ada", maximum={"amount": "98765432.10", "currency": "USD"})

    mailer.deliver("bids", url)
    mailer.work()

    assert len(mail_server.mails) == 2
    words = [text_of(mail) + html_of(mail) for mail in mail_server.mails]
    assert "98765432" not in "".join([*words, str(mailer.ledger)]).replace(",", "")


def test_mails_say_that_they_are_automatic_and_who_sends(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("bids", house.bid())
    mailer.work()

    (mail,) = mail_server.mails
    assert str(mail["From"]) == "Gavel <mail@gavel.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["Message-ID"]).endswith("@gavel.example>")
    assert re.fullmatch(r"[\x00-\x7f]*", mail.as_string())


def test_what_was_sent_is_kept_without_its_words(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("customers", house.unverified("Ada"))
    mailer.work()

    (row,) = mailer.ledger
    assert (row.letter, row.sent_at_ms) == (None, mailer.clock())
    assert "ada@example.org" not in str(row)


def test_after_a_resync_what_happened_to_running_auctions_is_told_once(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    told = house.bid(1)
    mailer.deliver("bids", told)
    mailer.work()
    assert len(mail_server.mails) == 1
    bidding = house.bidding(leader="Bob")
    house.bids.put("/bids-page/0", page_of(told, next=f"{house.bids.url}/bids-page/1"))
    house.bids.put("/bids-page/1", page_of(house.bid(2, outbid="Ada")))
    running = [{"_links": {"bidding": {"href": bidding}}}, {"_links": {}}]
    house.auctions.put("/", {"_links": {}, "_embedded": {"auctions": running}})

    for _ in range(2):
        answer = mailer.deliver("bus", "http://localhost:8003/events", type="resync")
        assert answer.status_code == 204
        mailer.work()

    assert sorted(mail_server.recipients) == ["ada@example.org", *["sally@example.org"] * 2]
    assert mailer.inbox == []


def page_of(*urls: str, next: str | None = None) -> dict[str, object]:
    """A page of bids."""
    links = {"next": {"href": next}} if next else {}
    return {
        "_links": links,
        "_embedded": {"bids": [{"_links": {"self": {"href": url}}} for url in urls]},
    }


def test_a_second_chance_that_was_taken_before_anybody_looked_is_told_to_nobody(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    in_an_hour = mailer.clock() + 3_600_000
    mailer.deliver("offers", house.offer(in_an_hour))
    mailer.deliver("offers", house.offer(in_an_hour, status="accepted"), type="update")
    mailer.work()

    assert mail_server.mails == []
    assert mailer.inbox == []


def test_one_that_is_taken_while_its_letter_waits_is_told_once(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    in_an_hour = mailer.clock() + 3_600_000
    mailer.deliver("offers", house.offer(in_an_hour))
    mailer.work("examine")
    mailer.deliver("offers", house.offer(in_an_hour, status="accepted"), type="update")
    mailer.work()

    assert arrived(mail_server) == {("A second chance for Brass lamp", "ada@example.org")}
    assert len(mail_server.mails) == 1
