"""Idempotency keys are kept for a month."""

from unittest.mock import Mock

import pytest
from bids_client import Money
from service_kit.database import reading
from sqlalchemy import func, select

from bids_service.storage.idempotency import forget_keys
from bids_service.storage.tables import idempotency_keys
from tests.bids_service.service import AUCTION, Service, bidder


def test_only_keys_first_used_before_the_time_are_forgotten(service: Service) -> None:
    with service.client() as client:
        client.place(AUCTION, bidder("ada"), Money(500, "USD"), "key-1")
        service.clock.now_ms += 1000
        client.place(AUCTION, bidder("bob"), Money(600, "USD"), "key-2")
    engine = service.parts.database.engine
    assert forget_keys(service.parts.database, service.clock.now_ms) == 1
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(idempotency_keys)) == 1


def test_however_many_there_are_nobody_waits_for_all_of_them(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bids_service.storage.idempotency._AT_ONCE", 2)
    with service.client() as client:
        for number in range(5):
            client.place(AUCTION, bidder("ada"), Money(500 + 100 * number, "USD"), f"key-{number}")
    database = Mock(wraps=service.parts.database)

    assert forget_keys(database, service.clock.now_ms + 1) == 5

    assert database.writing.call_count == 1 + 3
