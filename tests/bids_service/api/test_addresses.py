"""Addresses with what databases don't take, at every path of the service, on both engines."""

import pytest

from tests.bids_service.service import AUCTION, Service
from tests.hostile_addresses import HOSTILE, answered_5xx

pytestmark = pytest.mark.slow


def test_no_address_is_a_5xx(service: Service) -> None:
    client = service.http()

    def status(method: str, path: str) -> int:
        headers = {"Idempotency-Key": "k"}
        return client.open(path, method=method, headers=headers, json={}).status_code

    assert answered_5xx(service.app, status, "GET POST") == []


@pytest.mark.parametrize(
    "path", ["/bids?bidder=http://a.example/1&before={}", "/biddings/1/bids?before={}"]
)
def test_no_cursor_is(service: Service, path: str) -> None:
    service.learn(AUCTION)
    for value in HOSTILE:
        answer = service.http().get(path.format(value))
        assert answer.status_code < 500
