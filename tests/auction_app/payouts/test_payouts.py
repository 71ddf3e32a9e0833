"""A seller's payouts: the web app beside the real books, both in process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_kit.access import Tokens
from service_kit.http import HttpClient
from service_kit.money import Money
from service_kit.schema import migrate
from service_kit.wsgi_transport import WsgiTransport

from accounting_service.app import create_app
from accounting_service.bootstrap import Parts, build
from accounting_service.config import Config as BooksConfig
from accounting_service.model.entries import entries_of
from accounting_service.model.payment import Payment
from accounting_service.model.payout import Payout
from accounting_service.model.rates import rates
from accounting_service.paid_out import note_payout
from auction_app.payouts.statements import Statements
from tests.auction_app.conftest import PUBLIC, START_MS, World

BOOKS = "http://books.test"
TOKEN = "token-of-the-web-app"


@pytest.fixture
def books_config(tmp_path: Path) -> BooksConfig:
    url = f"sqlite:///{tmp_path}/books.sqlite3"
    migrate("accounting_service", url)
    return BooksConfig(
        database_url=url,
        public_url=BOOKS,
        tokens=Tokens.parse(f"auctions:statements:read:{TOKEN}"),
        operator=Tokens.parse("operator:books:read:token-of-the-operator"),
        rates=rates("2026-01-01 10% 1.5%+25"),
        bus_url="http://bus.test",
        bus_token="token-at-the-bus",
        webhook_uuid="accounting",
        webhook_secret="whsec_" + "a" * 32,
        payments_url=f"{PUBLIC}/payments",
        payments_token="token-for-payments",
    )


@pytest.fixture
def books(books_config: BooksConfig) -> Iterator[Parts]:
    parts = build(books_config)
    yield parts
    parts.close()


@pytest.fixture
def open_world(
    make_world: Callable[..., World], books_config: BooksConfig, books: Parts
) -> Callable[[str], World]:
    def open_it(token: str) -> World:
        app = create_app(books_config, books)
        http = HttpClient({BOOKS: token}, transport=WsgiTransport(app))
        return make_world(statements=Statements(http, BOOKS))

    return open_it


def sold(books: Parts, seller_url: str, number: int, **times: int) -> None:
    payment = Payment(
        url=f"{PUBLIC}/payments/p{number}",
        seller_url=seller_url,
        amount=Money(2500, "EUR"),
        paid_at_ms=START_MS + number,
        **times,
    )
    books.books.book(payment.url, entries_of(payment, rates("2026-01-01 10% 1.5%+25")))


def test_a_seller_sees_what_is_owed_and_what_it_comes_of(
    open_world: Callable[[str], World], books: Parts
) -> None:
    world = open_world(TOKEN)
    sam = world.member("Sam")
    assert 'href="/my/payouts"' in sam.get("/my/sales").text
    assert "What buyers pay for your items shows up here." in sam.get("/my/payouts").text

    sold(books, world.customer_url("Sam"), 1)
    sold(books, world.customer_url("Sam"), 2, refunded_at_ms=START_MS + 9)
    page = sam.get("/my/payouts").text
    assert '<strong class="owed">€22.50</strong>' in page
    assert page.index("Refund") < page.index("Sale")
    assert "-€22.50" in page.replace("\u2212", "-")
    assert f'href="{PUBLIC}/payments/p1"' in page

    sent = Payout(
        reference="SEPA-1", seller_url=world.customer_url("Sam"), amount=Money(2250, "EUR")
    )
    assert note_payout(books.books, sent, lambda: START_MS + 10)
    page = sam.get("/my/payouts").text
    assert '<strong class="owed">€0.00</strong>' in page
    assert "Paid out to you" in page
    assert "SEPA-1" in page


def test_nobody_sees_anothers(open_world: Callable[[str], World], books: Parts) -> None:
    world = open_world(TOKEN)
    world.member("Sam")
    sold(books, world.customer_url("Sam"), 1)
    eve = world.member("Eve")

    page = eve.get(f"/my/payouts?seller={world.customer_url('Sam')}").text
    assert "22.50" not in page
    assert "Nothing yet." in page
    assert world.browser().get("/my/payouts").status_code == 401
    assert world.browser().get("/my/payouts.csv").status_code == 401


def test_a_long_statement_has_pages_and_is_whole_as_a_table(
    open_world: Callable[[str], World], books: Parts
) -> None:
    world = open_world(TOKEN)
    sam = world.member("Sam", language="de")
    for number in range(60):
        sold(books, world.customer_url("Sam"), number)

    first = sam.get("/my/payouts").text
    assert "Auszahlungen" in first
    assert first.count("<tr><td>") == 50
    more = first.split('href="/my/payouts?after=')[1].split('"')[0]
    assert sam.get(f"/my/payouts?after={more}").text.count("<tr><td>") == 10
    table = sam.get("/my/payouts.csv")
    assert table.mimetype == "text/csv"
    assert table.headers["Cache-Control"] == "no-store"
    rows = table.text.splitlines()
    assert rows[0] == "at,kind,payment,currency,amount,fee,net"
    assert len(rows) == 61
    assert rows[1].endswith(f"paid,{PUBLIC}/payments/p59,EUR,25.00,2.50,22.50")


@pytest.mark.parametrize("after", ["", "x", "1-", "1-x", "-1-1", "1" * 20 + "-1", "1-1\n"])
def test_a_place_that_is_none_is_a_bad_request(
    open_world: Callable[[str], World], after: str
) -> None:
    sam = open_world(TOKEN).member("Sam")
    assert sam.client.get("/my/payouts", query_string={"after": after}).status_code == 400


def test_while_the_books_are_away_or_refuse_the_page_says_so_and_tells_no_secret(
    open_world: Callable[[str], World],
) -> None:
    sam = open_world("another-token-than-theirs").member("Sam")
    for path in ("/my/payouts", "/my/payouts.csv"):
        answer = sam.get(path)
        assert answer.status_code == 503
        assert "Your payouts cannot be shown now." in answer.text
        assert "another-token" not in answer.text
    assert sam.get("/my/sales").status_code == 200


def test_a_house_without_books_shows_no_payouts(make_world: Callable[..., World]) -> None:
    sam = make_world().member("Sam")
    assert "payouts" not in sam.get("/my/sales").text
    assert sam.get("/my/payouts").status_code == 404
