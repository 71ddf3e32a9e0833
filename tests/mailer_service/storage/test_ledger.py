"""Each mail once, on every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from service_kit.money import Money
from sqlalchemy import Engine, select

from mailer_service.model import Letter, Notice
from mailer_service.storage.ledger import Ledger, Mail
from mailer_service.storage.tables import mails

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
NOTICE = Notice(
    entity_url="https://b.example/bids/1", kind="outbid", recipient_url="https://a.example/1"
)
LETTER = Letter(
    kind="outbid",
    name="Ada Ä",
    address="ada@example.org",
    locale="en",
    link="https://a.example/auctions/1",
    title="Lamp",
    price=Money(1250, "USD"),
)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)


def write(ledger: Ledger, *, now_ms: int = 1_000, **changes: Any) -> list[int]:
    notice = Notice(
        **{
            "entity_url": NOTICE.entity_url,
            "kind": NOTICE.kind,
            "recipient_url": NOTICE.recipient_url,
        }
        | changes
    )
    return ledger.write([(notice, LETTER)], traceparent=TRACE, now_ms=now_ms)


def claim(ledger: Ledger, mail_id: int, *, now_ms: int) -> Mail:
    mail = ledger.claim(mail_id, now_ms=now_ms, lease_ms=100)
    assert mail is not None
    return mail


def row(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(mails)).one()


def test_a_mail_keeps_its_letter(ledger: Ledger) -> None:
    (mail_id,) = write(ledger)

    mail = claim(ledger, mail_id, now_ms=1_000)

    assert (mail.letter, mail.traceparent, mail.created_at_ms) == (LETTER, TRACE, 1_000)


def test_the_same_mail_is_entered_once(ledger: Ledger) -> None:
    assert len(write(ledger)) == 1
    assert write(ledger, now_ms=2_000) == []


@pytest.mark.parametrize(
    "changes",
    [{"entity_url": "https://b.example/bids/2"}, {"kind": "won"}, {"recipient_url": "https://a/2"}],
)
def test_another_entity_kind_or_recipient_is_another_mail(
    ledger: Ledger, changes: dict[str, Any]
) -> None:
    write(ledger)

    assert len(write(ledger, **changes)) == 1


def test_entered_at_the_same_time_it_is_entered_once(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as threads:
        entered = list(threads.map(lambda _n: write(ledger), range(16)))

    assert len([ids for ids in entered if ids]) == 1


def test_claimed_at_the_same_time_one_has_it(ledger: Ledger) -> None:
    (mail_id,) = write(ledger)

    with ThreadPoolExecutor(8) as threads:
        claims = list(
            threads.map(lambda _n: ledger.claim(mail_id, now_ms=1_000, lease_ms=100), range(16))
        )

    assert len([mail for mail in claims if mail]) == 1


def test_notices_without_a_mail_are_unwritten(ledger: Ledger) -> None:
    other = Notice(entity_url=NOTICE.entity_url, kind="new-bid", recipient_url="https://a/2")
    write(ledger)

    assert ledger.unwritten([NOTICE, other]) == [other]


def test_a_sent_mail_is_never_due_again_and_has_no_letter(ledger: Ledger, engine: Engine) -> None:
    (mail_id,) = write(ledger)

    ledger.sent(claim(ledger, mail_id, now_ms=1_000), now_ms=1_010)

    assert ledger.due(now_ms=10**15, limit=10) == []
    assert ledger.claim(mail_id, now_ms=10**15, lease_ms=100) is None
    assert (row(engine).sent_at_ms, row(engine).letter) == (1_010, None)


def test_a_mail_that_left_is_recorded_though_the_claim_was_lost(
    ledger: Ledger, engine: Engine
) -> None:
    (mail_id,) = write(ledger)
    slow = claim(ledger, mail_id, now_ms=1_000)
    other = claim(ledger, mail_id, now_ms=1_100)

    ledger.sent(slow, now_ms=1_120)
    ledger.put_off(other, reason="451", due_at_ms=5_000)

    assert row(engine).sent_at_ms == 1_120
    assert ledger.due(now_ms=10**15, limit=10) == []


def test_a_mail_that_left_is_not_given_up_by_who_came_late(ledger: Ledger, engine: Engine) -> None:
    (mail_id,) = write(ledger)
    slow = claim(ledger, mail_id, now_ms=1_000)
    other = claim(ledger, mail_id, now_ms=1_100)

    ledger.sent(other, now_ms=1_120)
    ledger.give_up(slow, reason="550", now_ms=1_130)

    assert (row(engine).sent_at_ms, row(engine).given_up_at_ms) == (1_120, None)


def test_a_mail_put_off_is_due_then_with_its_reason(ledger: Ledger, engine: Engine) -> None:
    (mail_id,) = write(ledger)

    ledger.put_off(claim(ledger, mail_id, now_ms=1_000), reason="451", due_at_ms=9_000)

    assert ledger.due(now_ms=8_999, limit=10) == []
    assert ledger.due(now_ms=9_000, limit=10) == [mail_id]
    assert row(engine).last_error == "451"


def test_a_mail_given_up_is_kept_with_its_reason(ledger: Ledger, engine: Engine) -> None:
    (mail_id,) = write(ledger)

    ledger.give_up(claim(ledger, mail_id, now_ms=1_000), reason="550", now_ms=1_010)

    assert ledger.due(now_ms=10**15, limit=10) == []
    assert (row(engine).given_up_at_ms, row(engine).last_error) == (1_010, "550")


def test_a_mail_written_off_is_not_written_later(ledger: Ledger) -> None:
    ledger.write_off(NOTICE, reason="404", traceparent=TRACE, now_ms=1_000)

    assert write(ledger) == []
    assert ledger.unwritten([NOTICE]) == []
    assert ledger.due(now_ms=10**15, limit=10) == []
