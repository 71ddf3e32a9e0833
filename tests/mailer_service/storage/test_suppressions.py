"""Addresses that bounced are left alone until something better is known, on every engine."""

from __future__ import annotations

from typing import Any

import pytest
from bus_drain.fetch import Entity
from sqlalchemy import Engine

from mailer_service.entities.customers import customer_from
from mailer_service.model.entities import Customer
from mailer_service.policy import SendNow
from mailer_service.storage.ledger import Ledger, Noticed
from mailer_service.storage.schedule import Schedule
from mailer_service.storage.suppressions import Suppressions

from .told import LETTER, NOTICE, TRACE, written

ADA = NOTICE.recipient_url


@pytest.fixture
def suppressions(engine: Engine) -> Suppressions:
    return Suppressions(engine)


def ada(email: str = "ada@example.org", **changes: Any) -> Customer:
    document = {"name": "Ada", "email": email, "email_verified": True, "locale": "en", "_links": {}}
    return customer_from(Entity(ADA, document | changes))


def suppress(suppressions: Suppressions, address: str = "ada@example.org") -> None:
    day_ms = 24 * 3_600_000
    assert not suppressions.refused(ADA, address, reason="550", now_ms=1_000 - day_ms)
    assert suppressions.refused(ADA, address, reason="550", now_ms=1_000)


def make_ready(engine: Engine, kind: str) -> None:
    ledger = Ledger(engine)
    ledger.enter([written(NOTICE, kind=kind)], traceparent=TRACE, now_ms=1_000)
    mail = ledger.claim_to_write(now_ms=1_000, lease_ms=100)
    assert isinstance(mail, Noticed)
    letter = written(LETTER, kind=kind)
    Schedule(engine).add(mail, letter, lambda _recent: SendNow(), since_ms=0, now_ms=1_000)


def test_a_suppressed_address_has_a_reason_and_others_have_none(suppressions: Suppressions) -> None:
    suppress(suppressions)
    suppress(suppressions)

    assert suppressions.reason(ADA, "ada@example.org", now_ms=2_000) == "550"
    assert suppressions.reason(ADA, "ada@new.example", now_ms=2_000) is None
    assert suppressions.reason("https://a.example/2", "ada@example.org", now_ms=2_000) is None


def test_another_verified_address_lifts_it(suppressions: Suppressions) -> None:
    suppress(suppressions)

    assert suppressions.lift(ada("ada@new.example"))
    assert suppressions.reason(ADA, "ada@example.org", now_ms=2_000) is None


def test_another_address_that_is_not_verified_lifts_nothing(suppressions: Suppressions) -> None:
    suppress(suppressions)

    assert not suppressions.lift(ada("ada@new.example", email_verified=False))


def test_the_same_address_lifts_nothing_as_long_as_nothing_proved_it(
    suppressions: Suppressions,
) -> None:
    suppress(suppressions)

    assert not suppressions.lift(ada())


def test_the_same_address_verified_once_more_lifts_it(
    suppressions: Suppressions, engine: Engine
) -> None:
    suppress(suppressions)
    make_ready(engine, "verify-email:2")
    (mail,) = Ledger(engine).claim_to_send(now_ms=1_000, lease_ms=100, limit=1)
    Ledger(engine).sent(mail, now_ms=1_001)

    assert suppressions.lift(ada())


@pytest.mark.parametrize(
    ("kind", "leaves"), [("won", False), ("verify-email:1", True), ("confirm-address:1", True)]
)
def test_what_was_ready_to_leave_stays_but_for_what_proves_an_address(
    suppressions: Suppressions, engine: Engine, kind: str, leaves: bool
) -> None:
    make_ready(engine, kind)

    suppress(suppressions)

    assert Ledger(engine).is_ready(now_ms=1_000) is leaves


def test_another_address_of_the_customer_still_gets_what_was_ready(
    suppressions: Suppressions, engine: Engine
) -> None:
    make_ready(engine, "address-warning:1")

    suppress(suppressions, "ada@mistyped.example")

    assert Ledger(engine).is_ready(now_ms=1_000)
