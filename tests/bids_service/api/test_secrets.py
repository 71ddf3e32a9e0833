"""docs/bidding.md P8 and P9: a maximum and a reserve appear nowhere but to whom they belong."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from service_kit.database import writing
from service_kit.logs import configure_logs
from sqlalchemy import Engine, text
from structlog.contextvars import clear_contextvars

from tests.bids_service.service import (
    ALL,
    AUCTION,
    END_MS,
    READ,
    SELLER,
    Service,
    auction,
    bidder,
    usd,
)

MAXIMA = ["7654.32", "5678.91", "9123.45", "8123.47"]
RESERVE = "9999.99"
SECRETS = [*MAXIMA, RESERVE, *(text.replace(".", "") for text in [*MAXIMA, RESERVE])]


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    clear_contextvars()


def log_everything() -> None:
    """Log as in production, but every library at its most talkative.

    To be called by the test itself: what a fixture finds at sys.stdout is closed by then.
    """
    configure_logs("bids", logging.DEBUG)


def test_no_answer_event_or_log_line_holds_a_maximum_or_the_reserve(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    log_everything()
    # Steps so wide that no public price lies one increment above a maximum.
    service.auctions.at[AUCTION] = auction(increments=[[1, 25_011]], reserve=usd(RESERVE))
    http = service.http()
    seen: list[str] = []

    def post(name: str, amount: str, key: str) -> None:
        body = {"auction": AUCTION, "bidder": bidder(name), "maximum": usd(amount)}
        answer = http.post("/bids", json=body, headers={"Idempotency-Key": key})
        seen.extend([answer.text, str(answer.headers)])

    post("ada", MAXIMA[0], "key-1")
    post("bob", MAXIMA[1], "key-2")
    post("ada", MAXIMA[2], "key-3")
    post("ada", MAXIMA[3], "key-4")  # refused: below the own maximum
    post("ada", MAXIMA[2], "key-1")  # refused: the key was used
    post("ada", MAXIMA[2] + "1", "key-5")  # no amount
    post("bob", MAXIMA[1], "key-2")  # answered again
    for path in ("/", "/biddings/1", "/biddings/1/bids", "/bids/1", "/bids/2", "/bids/3"):
        for token in (ALL, READ):
            answer = http.get(path, headers={"Authorization": f"Bearer {token}"})
            seen.extend([answer.text, str(answer.headers)])
    service.clock.now_ms = END_MS
    service.sweep()
    seen.append(http.get("/biddings/1").text)
    seen.append(json.dumps(service.events()))
    seen.append(repr(service.parts.queries.bidding(1)))
    seen.append(repr(service.parts.queries.bid(1)))
    output = capsys.readouterr()
    seen.extend([output.out, output.err])
    everything = "\n".join(seen)
    assert SELLER in everything
    assert "auction not known yet" in output.out
    assert output.out.count("command answered") >= len(MAXIMA)
    assert [secret for secret in SECRETS if secret in everything] == []


def test_the_own_maxima_are_shown_to_their_scope_and_not_kept_by_caches(service: Service) -> None:
    body = {"auction": AUCTION, "bidder": bidder("ada"), "maximum": usd(MAXIMA[0])}
    service.http().post("/bids", json=body, headers={"Idempotency-Key": "key-1"})
    own = service.http().get("/bids", query_string={"bidder": bidder("ada")})
    assert own.json["_embedded"]["bids"][0]["maximum"] == usd(MAXIMA[0])
    assert own.headers["Cache-Control"] == "no-store"
    others = service.http().get("/bids", query_string={"bidder": bidder("bob")})
    assert MAXIMA[0] not in others.text


def test_an_error_of_the_database_does_not_quote_what_was_being_written(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    log_everything()
    with renamed_column(service.parts.database.engine):
        body = {"auction": AUCTION, "bidder": bidder("ada"), "maximum": usd(MAXIMA[0])}
        answer = service.http().post("/bids", json=body, headers={"Idempotency-Key": "key-1"})
    assert answer.status_code in {500, 503}
    output = capsys.readouterr()
    assert "level=error" in output.out
    seen = answer.text + output.out + output.err
    assert [secret for secret in SECRETS if secret in seen] == []


@contextmanager
def renamed_column(engine: Engine) -> Iterator[None]:
    """Whatever writes a bid fails; the database is shared, so it is mended afterwards."""
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE bids RENAME COLUMN maximum TO most"))
    yield
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE bids RENAME COLUMN most TO maximum"))
