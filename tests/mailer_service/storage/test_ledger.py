"""Each mail once, on every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, select

from mailer_service.model.mails import Letter
from mailer_service.policy import SendNow
from mailer_service.storage.ledger import Ledger, Noticed, Ready
from mailer_service.storage.schedule import Schedule
from mailer_service.storage.tables import mails

from .told import LETTER, NOTICE, TRACE, written


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)


@pytest.fixture
def schedule(engine: Engine) -> Schedule:
    return Schedule(engine)


def enter(ledger: Ledger, *, now_ms: int = 1_000, **changes: Any) -> None:
    ledger.enter([written(NOTICE, **changes)], traceparent=TRACE, now_ms=now_ms)


def noticed(ledger: Ledger, *, now_ms: int = 1_000) -> Noticed:
    mail = ledger.claim_to_write(now_ms=now_ms, lease_ms=100)
    assert isinstance(mail, Noticed)
    return mail


def make_ready(ledger: Ledger, schedule: Schedule, letter: Letter = LETTER) -> None:
    schedule.add(noticed(ledger), letter, lambda _recent: SendNow(), since_ms=0, now_ms=1_000)


def ready(ledger: Ledger, *, now_ms: int, limit: int = 10) -> list[Ready]:
    claimed = ledger.claim_to_send(now_ms=now_ms, lease_ms=100, limit=limit)
    return [one for one in claimed if isinstance(one, Ready)]


@pytest.fixture
def claimed(ledger: Ledger, schedule: Schedule) -> Ready:
    """A mail that is ready, claimed at 1 000 for 100 ms."""
    enter(ledger)
    make_ready(ledger, schedule)
    (mail,) = ready(ledger, now_ms=1_000)
    return mail


def row(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(mails)).one()


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(mails)).all())


def test_a_mail_keeps_its_notice_and_then_its_letter(ledger: Ledger, schedule: Schedule) -> None:
    enter(ledger)
    assert noticed(ledger).notice == NOTICE
    schedule.add(
        noticed(ledger, now_ms=1_100), LETTER, lambda _recent: SendNow(), since_ms=0, now_ms=1_100
    )

    (mail,) = ready(ledger, now_ms=1_100)

    assert (mail.letter, mail.traceparent, mail.created_at_ms) == (LETTER, TRACE, 1_000)


def test_the_same_mail_is_entered_once(ledger: Ledger, engine: Engine) -> None:
    enter(ledger)
    enter(ledger, now_ms=2_000)

    assert row(engine).created_at_ms == 1_000


@pytest.mark.parametrize(
    "changes",
    [{"entity_url": "https://b.example/bids/2"}, {"kind": "won"}, {"recipient_url": "https://a/2"}],
)
def test_another_entity_kind_or_recipient_is_another_mail(
    ledger: Ledger, engine: Engine, changes: dict[str, Any]
) -> None:
    enter(ledger)
    enter(ledger, **changes)

    assert count(engine) == 2


def test_entered_at_the_same_time_it_is_entered_once(ledger: Ledger, engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _n: enter(ledger), range(16)))

    assert count(engine) == 1


def test_claimed_at_the_same_time_one_has_it(ledger: Ledger, schedule: Schedule) -> None:
    enter(ledger)
    make_ready(ledger, schedule)

    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _n: ready(ledger, now_ms=1_000), range(16)))

    assert len([mail for batch in claims for mail in batch]) == 1


def test_the_urgent_are_claimed_first_and_no_more_than_asked_for(
    ledger: Ledger, schedule: Schedule
) -> None:
    for kind in ("won", "outbid", "password-reset:1"):
        enter(ledger, kind=kind)
    for _ in range(3):
        mail = noticed(ledger)
        letter = written(LETTER, kind=mail.kind)
        schedule.add(mail, letter, lambda _recent: SendNow(), since_ms=0, now_ms=1_000)

    batches = [ready(ledger, now_ms=1_000, limit=2) for _ in range(3)]

    kinds = [[mail.kind for mail in batch] for batch in batches]
    assert kinds == [["password-reset:1", "outbid"], ["won"], []]


def test_a_claim_to_write_that_was_lost_writes_nothing(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    enter(ledger)
    slow = noticed(ledger, now_ms=1_000)
    noticed(ledger, now_ms=1_100)

    schedule.add(slow, LETTER, lambda _recent: SendNow(), since_ms=0, now_ms=1_110)

    assert row(engine).step == "noticed"


def test_a_sent_mail_is_never_due_again_and_has_no_letter(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    ledger.sent(claimed, now_ms=1_010)

    assert not ledger.is_ready(now_ms=10**13)
    assert ready(ledger, now_ms=10**13) == []
    assert (row(engine).sent_at_ms, row(engine).letter, row(engine).outcome) == (
        1_010,
        None,
        "sent",
    )


def test_a_mail_that_left_is_recorded_though_the_claim_was_lost(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    (other,) = ready(ledger, now_ms=1_100)

    ledger.sent(claimed, now_ms=1_120)
    ledger.put_off(other, reason="451", due_at_ms=5_000)

    assert row(engine).sent_at_ms == 1_120
    assert not ledger.is_ready(now_ms=10**13)


def test_a_mail_that_left_is_not_ended_by_who_came_late(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    (other,) = ready(ledger, now_ms=1_100)

    ledger.sent(other, now_ms=1_120)
    ledger.end(claimed, "refused", reason="550", now_ms=1_130)

    assert (row(engine).sent_at_ms, row(engine).outcome) == (1_120, "sent")


def test_a_mail_put_off_is_due_then_with_its_reason(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    ledger.put_off(claimed, reason="451", due_at_ms=9_000)

    assert (ledger.is_ready(now_ms=8_999), ledger.is_ready(now_ms=9_000)) == (False, True)
    assert row(engine).last_error == "451"


def test_a_mail_given_back_is_due_at_once_as_if_never_claimed(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    ledger.give_back([claimed], now_ms=1_020)

    assert ledger.is_ready(now_ms=1_020)
    assert row(engine).attempts == 0


def test_a_mail_that_ended_is_kept_with_its_reason_and_without_its_words(
    ledger: Ledger, claimed: Ready, engine: Engine
) -> None:
    ledger.end(claimed, "refused", reason="550", now_ms=1_010)
    enter(ledger)

    assert not ledger.is_ready(now_ms=10**13)
    assert ledger.claim_to_write(now_ms=10**13, lease_ms=1) is None
    found = row(engine)
    assert (found.outcome, found.ended_at_ms, found.last_error) == ("refused", 1_010, "550")
    assert (found.letter, found.notice) == (None, None)
