"""What becomes of a mail when SMTP is not well."""

from __future__ import annotations

from typing import Any

import pytest

from mailer_service.letters.compose import message_id
from mailer_service.storage.ledger import Ledger

from .conftest import FakeClock, Mailer
from .mail_server import MailServer, text_of
from .services import House


def test_mail_waits_while_smtp_is_down_and_leaves_when_it_is_up(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.stop()
    mailer.deliver("bids", house.bid(outbid="Ada"))
    for _ in range(4):
        mailer.do_jobs()
        clock.advance(seconds=10)
        mailer.work.sweep()
    assert [row.sent_at_ms for row in mailer.ledger] == [None, None]

    mail_server.start()
    mailer.do_jobs()

    assert len(mail_server.mails) == 2
    assert [row.sent_at_ms for row in mailer.ledger] == [clock(), clock()]


def test_a_refused_recipient_is_given_up_and_the_others_get_theirs(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.on_recipient = lambda to: "550 unknown" if to.startswith("ada") else "250 OK"
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.do_jobs()
    clock.advance(seconds=3600)
    mailer.sweep()

    assert mail_server.recipients == ["sally@example.org"]
    given_up = [row for row in mailer.ledger if row.given_up_at_ms]
    assert [(row.kind, row.last_error) for row in given_up] == [
        ("outbid", "recipient refused: 550 unknown")
    ]
    assert given_up[0].letter is None


def test_after_five_days_of_trying_a_mail_is_given_up(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.on_data = lambda: "451 later"
    mailer.deliver("bids", house.bid())
    mailer.do_jobs()
    clock.advance(seconds=5 * 24 * 3600)
    mailer.sweep()
    mailer.sweep()

    assert [row.attempts for row in mailer.ledger] == [2]
    assert [row.given_up_at_ms for row in mailer.ledger] == [clock()]


@pytest.mark.parametrize(
    "address", ["no address", "a@b@c", "@", "ada@", "<ada@example.org>", "\u2603"]
)
def test_what_is_no_address_is_given_up(
    mailer: Mailer, house: House, mail_server: MailServer, address: str
) -> None:
    house.customer("Sally", email=address)
    mailer.deliver("bids", house.bid())
    mailer.do_jobs()

    assert mail_server.mails == []
    assert [row.given_up_at_ms for row in mailer.ledger] == [mailer.clock()]


def test_a_job_that_died_after_its_claim_is_found_when_the_claim_runs_out(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mailer.deliver("bids", house.bid())
    huey = mailer.work.queue.huey
    huey.execute(huey.dequeue())  # examines: one mail is in the ledger
    (row,) = mailer.ledger
    mailer.forget_jobs()
    assert Ledger(mailer.engine).claim(row.id, now_ms=clock(), lease_ms=10_000)

    mailer.sweep()
    clock.advance(seconds=9)
    mailer.sweep()
    assert mail_server.mails == []

    clock.advance(seconds=2)
    mailer.sweep()
    assert len(mail_server.mails) == 1


def test_killed_between_the_servers_250_and_the_record_it_sends_the_same_mail_again(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("killed")

    mailer.deliver("bids", house.bid())
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "sent", killed)
        mailer.do_jobs()
    clock.advance(seconds=60)
    mailer.sweep()

    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert text_of(first) == text_of(second)


def test_the_same_row_composes_the_same_mail() -> None:
    assert message_id("a b c", "x@y.example") == message_id("a b c", "Name <x@y.example>")
    assert message_id("a b c", "x@y.example") != message_id("a b d", "x@y.example")
