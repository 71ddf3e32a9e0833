"""What becomes of a mail when SMTP is not well."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from service_kit.errors import StoreUnavailable

from mailer_service.config import Config
from mailer_service.letters.compose_mail import message_id
from mailer_service.storage.ledger import Ledger

from .conftest import FakeClock, Mailer
from .mail_server import MailServer
from .services import House


def test_mail_waits_while_smtp_is_down_and_leaves_when_it_is_up(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.stop()
    mailer.deliver("bids", house.bid(outbid="Ada"))
    for _ in range(4):
        mailer.work()
        clock.advance(seconds=10)
    assert [row.sent_at_ms for row in mailer.ledger] == [None, None]

    mail_server.start()
    mailer.work()

    assert len(mail_server.mails) == 2
    assert [row.sent_at_ms for row in mailer.ledger] == [clock(), clock()]


def test_a_refused_recipient_is_given_up_and_the_others_get_theirs(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.on_recipient = lambda to: "550 unknown" if to.startswith("ada") else "250 OK"
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work()
    clock.advance(seconds=3600)
    mailer.work()

    assert mail_server.recipients == ["sally@example.org"]
    refused = [row for row in mailer.ledger if row.outcome == "refused"]
    assert [(row.kind, row.last_error) for row in refused] == [
        ("outbid", "recipient refused: 550 unknown")
    ]
    assert refused[0].letter is None


def test_after_five_days_of_trying_a_mail_is_given_up(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mail_server.on_data = lambda: "451 later"
    mailer.deliver("bids", house.bid())
    mailer.work()
    clock.advance(seconds=5 * 24 * 3600)
    mailer.work()
    mailer.work()

    assert [row.attempts for row in mailer.ledger] == [2]
    assert [(row.outcome, row.ended_at_ms) for row in mailer.ledger] == [("given-up", clock())]


@pytest.mark.parametrize(
    "address", ["no address", "a@b@c", "@", "ada@", "<ada@example.org>", "\u2603"]
)
def test_what_is_no_address_is_given_up(
    mailer: Mailer, house: House, mail_server: MailServer, address: str
) -> None:
    house.customer("Sally", email=address)
    mailer.deliver("bids", house.bid())
    mailer.work()

    assert mail_server.mails == []
    assert [row.outcome for row in mailer.ledger] == ["refused"]


def test_a_job_that_died_after_its_claim_is_found_when_the_claim_runs_out(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    mailer.deliver("bids", house.bid())
    mailer.work("examine", "write")
    (_claimed,) = Ledger(mailer.engine).claim_to_send(now_ms=clock(), lease_ms=10_000, limit=9)

    mailer.work()
    clock.advance(seconds=9)
    mailer.work()
    assert mail_server.mails == []

    clock.advance(seconds=2)
    mailer.work()
    assert len(mail_server.mails) == 1


class Killed(BaseException):
    """What a kill would be, were it not the end of this process."""


def kill_before_the_record(mailer: Mailer, patch: pytest.MonkeyPatch) -> None:
    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    mailer.work("examine", "write")
    with patch.context() as until_then:
        until_then.setattr(Ledger, "sent", killed)
        until_then.setattr(Ledger, "give_back", lambda *_args, **_kwargs: None)
        with pytest.raises(Killed):
            mailer.work("send")


def test_killed_between_the_servers_answer_and_the_record_it_is_believed_by_who_comes_next(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailer.deliver("bids", house.bid(outbid="Ada"))
    kill_before_the_record(mailer, monkeypatch)
    clock.advance(seconds=60)

    mailer.work()

    assert [row.outcome for row in mailer.ledger] == ["sent", "sent"]
    assert sorted(mail_server.recipients) == ["ada@example.org", "sally@example.org"]


def test_where_its_journal_is_lost_the_same_mail_leaves_again(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailer.deliver("bids", house.bid())
    kill_before_the_record(mailer, monkeypatch)
    shutil.rmtree(Path(f"{mailer.engine.url.database}-taken"))
    clock.advance(seconds=60)

    mailer.work()

    first, second = mail_server.mails
    assert first.as_bytes() == second.as_bytes()


def test_what_a_killed_worker_has_sent_is_recorded_at_once_by_the_next(
    mailer: Mailer, house: House, mail_server: MailServer, config: Config, clock: FakeClock
) -> None:
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    sent, other = Ledger(mailer.engine).claim_to_send(now_ms=clock(), lease_ms=10_000, limit=9)
    folder = Path(f"{mailer.engine.url.database}-taken")
    folder.mkdir()
    (folder / "1.taken").write_text(
        f"{sent.id} {sent.created_at_ms} 250\n{other.id} {other.created_at_ms + 1} 250\n"
    )

    mailer.work("send")

    assert {row.id: row.outcome for row in mailer.ledger} == {sent.id: "sent", other.id: None}
    assert list(folder.iterdir()) == []
    assert mail_server.mails == []


def test_a_store_that_fails_between_the_250_and_the_record_repeats_no_mail(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_args: Any, **_kwargs: Any) -> None:
        raise StoreUnavailable("locked")

    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    send = mailer.parts.work["send-1"]
    assert send()
    with monkeypatch.context() as patch, pytest.raises(StoreUnavailable):
        patch.setattr(Ledger, "sent", locked)
        send()
    clock.advance(seconds=60)

    mailer.work("send")

    assert sorted(mail_server.recipients) == ["ada@example.org", "sally@example.org"]
    assert [row.outcome for row in mailer.ledger] == ["sent", "sent"]


def test_the_same_row_composes_the_same_mail() -> None:
    assert message_id("a b c", "x@y.example") == message_id("a b c", "Name <x@y.example>")
    assert message_id("a b c", "x@y.example") != message_id("a b d", "x@y.example")


def test_a_mail_that_one_server_hiccup_put_off_leaves_with_the_next_try(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    answers = ["451 greylisted", "250 OK"]
    mail_server.on_recipient = lambda _to: answers.pop(0)
    mailer.deliver("bids", house.bid())
    mailer.work()
    assert mail_server.mails == []

    clock.advance(seconds=2)
    mailer.work()

    assert len(mail_server.mails) == 1
    assert [row.attempts for row in mailer.ledger] == [2]


def test_while_the_server_is_away_nothing_is_written_for_the_mails_that_wait(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mail_server.stop()
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    before = mailer.ledger

    mailer.work("send")

    assert mailer.ledger == before
    assert [row.attempts for row in before] == [0, 0]


def test_after_a_slow_mail_the_others_are_left_to_whoever_claims_them_next(
    mailer: Mailer, house: House, mail_server: MailServer, clock: FakeClock
) -> None:
    def slow() -> str:
        clock.advance(seconds=19)
        return "250 OK"

    mail_server.on_data = slow
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    mailer.parts.work["send-1"]()

    mailer.parts.work["send-1"]()

    assert len(mail_server.mails) == 1
    assert [row.due_at_ms for row in mailer.ledger if row.step == "ready"] == [clock()]


def test_a_session_is_opened_in_a_piece_of_work_of_its_own_so_that_nobody_waits_for_both(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("bids", house.bid())
    mailer.work("examine", "write")

    assert mailer.parts.work["send-1"]()
    assert (mail_server.sessions, len(mail_server.mails)) == (1, 0)

    assert mailer.parts.work["send-1"]()
    assert (mail_server.sessions, len(mail_server.mails)) == (1, 1)


def test_many_mails_leave_in_one_session(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 9)))
    mailer.work()

    assert len(mail_server.mails) == 8
    assert mail_server.sessions == 1


def test_a_server_that_hangs_up_after_each_mail_still_gets_them_all_once(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mail_server.hang_up_after = 1
    mailer.deliver("bids", *(house.bid(number) for number in range(1, 6)))
    for _ in range(12):
        mailer.work()
        mailer.clock.advance(seconds=2)

    ids = [str(mail["Message-ID"]) for mail in mail_server.mails]
    assert len(ids) == len(set(ids)) == 5
    assert mail_server.sessions > 1


def test_what_waits_for_someone_leaves_before_what_races_and_that_before_news(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work("examine", "write")
    mailer.deliver("customers", house.unverified("Carl"))
    mailer.work("examine", "write")

    mailer.work("send")

    assert mail_server.recipients == ["carl@example.org", "ada@example.org", "sally@example.org"]


def bid_while_the_server_is_away(mailer: Mailer, house: House, mail_server: MailServer) -> None:
    """Bob outbids Ada on Sally's lamp, and neither hears of it."""
    links = {"bidding": {"href": house.bidding(leader="Bob")}}
    house.auction(_links=links)
    mail_server.stop()
    mailer.deliver("bids", house.bid(outbid="Ada"))
    mailer.work()
    mailer.clock.advance(seconds=600)


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [
        ({"leader": "Ada"}, "moot"),
        ({"leader": "Bob", "status": "frozen"}, "moot"),
        ({"leader": "Bob", "status": "closed", "outcome": "sold"}, "late"),
        ({"status": "closed", "outcome": "unsold"}, "late"),
        ({"leader": "Bob"}, "sent"),
    ],
)
def test_who_was_outbid_is_asked_to_bid_again_only_if_that_is_true_when_the_server_is_back(
    mailer: Mailer,
    house: House,
    mail_server: MailServer,
    meanwhile: dict[str, Any],
    outcome: str,
) -> None:
    bid_while_the_server_is_away(mailer, house, mail_server)
    house.bidding(**meanwhile)
    mail_server.start()

    mailer.work()

    assert {row.kind: row.outcome for row in mailer.ledger} == {
        "new-bid": "sent",
        "outbid": outcome,
    }
    assert ("ada@example.org" in mail_server.recipients) == (outcome == "sent")


def test_nobody_is_asked_to_pay_for_what_was_removed_while_the_server_was_away(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mail_server.stop()
    sold = house.bidding(leader="Bob", status="closed", outcome="sold")
    mailer.deliver("biddings", sold, type="update")
    mailer.work()
    house.auction(removed=True)
    mailer.clock.advance(seconds=600)
    mail_server.start()

    mailer.work()

    assert mail_server.recipients == []
    assert {row.outcome for row in mailer.ledger} == {None}


def test_a_letter_that_is_written_anew_counts_the_refusals_before(
    mailer: Mailer, house: House, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda to: "451 later" if to.startswith("ada") else "250 OK"
    mailer.deliver("bids", house.bid(outbid="Ada"))
    waits = []
    for _ in range(12):
        mailer.work()
        waiting = next(row for row in mailer.ledger if row.kind == "outbid")
        waits.append(waiting.due_at_ms - mailer.clock())
        mailer.clock.ms = waiting.due_at_ms
    mail_server.on_recipient = lambda _to: "250 OK"

    mailer.work()

    assert max(waits) > 250_000
    assert sorted(mail_server.recipients) == ["ada@example.org", "sally@example.org"]
