"""What leaves, what waits and what a summary tells, on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from mailer_service.model.mails import Letter, Notice
from mailer_service.policy import Decision, Delay, Digest, RecentMail, SendNow, Summary
from mailer_service.storage.ledger import Ledger, Noticed
from mailer_service.storage.schedule import Schedule
from mailer_service.storage.tables import mails
from tests.mailer_service.storage.told import LETTER, NOTICE, TRACE, written

DIGEST = Notice(
    entity_url=NOTICE.recipient_url, kind="digest:1", recipient_url=NOTICE.recipient_url
)
DIGESTS = Digest(
    (Summary(DIGEST, due_at_ms=5_000), Summary(written(DIGEST, kind="digest:2"), due_at_ms=9_000))
)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)


@pytest.fixture
def schedule(engine: Engine) -> Schedule:
    return Schedule(engine)


def claim(ledger: Ledger, *, now_ms: int) -> Noticed:
    mail = ledger.claim_to_write(now_ms=now_ms, lease_ms=100)
    assert isinstance(mail, Noticed)
    return mail


def add(
    ledger: Ledger, schedule: Schedule, decision: Decision, *, number: int = 1, now_ms: int = 1_000
) -> list[RecentMail]:
    """Notice a mail and place it so; returns what `decide` was told."""
    seen: list[RecentMail] = []

    def decide(recent: Iterable[RecentMail]) -> Decision:
        seen.extend(recent)
        return decision

    ledger.enter([written(NOTICE, entity_url=f"b/{number}")], traceparent=TRACE, now_ms=now_ms)
    schedule.add(
        claim(ledger, now_ms=now_ms), LETTER, decide, since_ms=now_ms - 1_000, now_ms=now_ms
    )
    return seen


def summary(letters: Sequence[Letter]) -> Letter:
    return replace(LETTER, kind="digest:1", items=tuple(letters), count=len(letters))


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(mails).order_by(mails.c.id)))


def test_who_decides_is_told_of_what_left_lately_and_of_nothing_else(
    ledger: Ledger, schedule: Schedule
) -> None:
    add(ledger, schedule, SendNow(), number=1, now_ms=100)
    add(ledger, schedule, DIGESTS, number=2, now_ms=1_500)
    add(ledger, schedule, SendNow(), number=3, now_ms=1_600)

    seen = add(ledger, schedule, SendNow(), number=4, now_ms=2_000)

    assert seen == [RecentMail("outbid", NOTICE.auction_url, 1_600)]


def test_what_waits_is_written_anew_then(ledger: Ledger, schedule: Schedule) -> None:
    add(ledger, schedule, Delay(3_000))

    assert ledger.claim_to_write(now_ms=2_999, lease_ms=1) is None
    assert claim(ledger, now_ms=3_000).notice.kind == "outbid"


def test_a_held_mail_is_told_by_one_summary_that_is_due_when_it_says(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    add(ledger, schedule, DIGESTS, number=1)
    add(ledger, schedule, DIGESTS, number=2)
    assert ledger.claim_to_write(now_ms=4_999, lease_ms=1) is None

    schedule.sum_up(claim(ledger, now_ms=5_000), summary, now_ms=5_000)

    (mail,) = ledger.claim_to_send(now_ms=5_000, lease_ms=1, limit=9)
    assert (mail.kind, mail.letter.items) == ("digest:1", (LETTER, LETTER))
    assert [row.outcome for row in rows(engine)] == ["summed", None, "summed"]
    assert all(row.letter is None for row in rows(engine) if row.outcome == "summed")


def test_what_comes_after_the_summary_was_written_goes_into_the_next(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    add(ledger, schedule, DIGESTS, number=1)
    schedule.sum_up(claim(ledger, now_ms=5_000), summary, now_ms=5_000)

    add(ledger, schedule, DIGESTS, number=2, now_ms=5_001)

    held = [row for row in rows(engine) if row.step == "held"]
    (next_one,) = [row for row in rows(engine) if row.kind == "digest:2"]
    assert [row.held_for for row in held] == [next_one.id]


def test_a_summary_that_nobody_wants_any_more_is_not_sent(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    add(ledger, schedule, DIGESTS)

    schedule.sum_up(claim(ledger, now_ms=5_000), lambda _letters: None, now_ms=5_000)

    assert not ledger.is_ready(now_ms=10**13)
    assert {row.step for row in rows(engine)} == {"done"}


def test_what_a_summary_held_ends_with_it(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    add(ledger, schedule, DIGESTS)

    ledger.end(claim(ledger, now_ms=5_000), "suppressed", reason="550", now_ms=5_000)

    assert [(row.step, row.outcome, row.letter) for row in rows(engine)] == [
        ("done", "suppressed", None)
    ] * 2


def test_a_summary_whose_writer_lost_the_claim_is_left_to_the_other(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    add(ledger, schedule, DIGESTS)
    slow = claim(ledger, now_ms=5_000)
    other = claim(ledger, now_ms=5_100)

    schedule.sum_up(slow, summary, now_ms=5_110)
    assert not ledger.is_ready(now_ms=5_110)
    schedule.sum_up(other, summary, now_ms=5_120)

    assert len(ledger.claim_to_send(now_ms=5_120, lease_ms=1, limit=9)) == 1


def test_however_many_decide_at_once_each_sees_what_the_others_let_through(
    ledger: Ledger, schedule: Schedule, engine: Engine
) -> None:
    """Two may leave; the rest is held, whoever comes first."""
    notices = [written(NOTICE, entity_url=f"b/{number}") for number in range(12)]
    ledger.enter(notices, traceparent=TRACE, now_ms=1_000)

    def two(recent: Iterable[RecentMail]) -> Decision:
        return SendNow() if len(list(recent)) < 2 else DIGESTS

    def write(_number: int) -> None:
        while isinstance(mail := ledger.claim_to_write(now_ms=1_000, lease_ms=100), Noticed):
            schedule.add(mail, LETTER, two, since_ms=0, now_ms=1_000)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))

    stages = sorted(row.step for row in rows(engine))
    assert stages == ["held"] * 10 + ["noticed"] + ["ready"] * 2
