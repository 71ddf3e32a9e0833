"""Auctions that the bus tells of: stored by the drain, learned by a job."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from service_kit.database import reading
from sqlalchemy import select
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from bids_service.commands.import_auctions import create_bidding, import_due
from bids_service.storage.tables import announced_auctions
from bids_service.worker import loops
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    PUBLIC,
    SECRET,
    UUID,
    Service,
    auction,
    known_terms,
)


def deliver(service: Service, *urls: str, topic: str = "auctions", type_: str = "create") -> Any:
    return deliver_events(
        service, [{"topic": topic, "type": type_, "url": url, "t": 1} for url in urls]
    )


def deliver_events(service: Service, events: Sequence[dict[str, Any]]) -> TestResponse:
    data = json.dumps(events)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "delivery-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("delivery-1", now, data),
        "Content-Type": "application/json",
    }
    client = service.app.test_client()
    return client.post("/events", data=data, headers=headers, auth=(UUID, "x"))


def learn(service: Service) -> int:
    parts = service.parts
    return import_due(parts.books, parts.announced, parts.auctions)


def waiting(service: Service) -> list[str]:
    with reading(service.parts.database.engine) as connection:
        return list(connection.scalars(select(announced_auctions.c.url)))


def test_an_announced_auction_gets_its_bidding(service: Service) -> None:
    assert deliver(service, AUCTION).status_code == 204
    assert service.auctions.asked == []
    learn(service)
    assert service.events() == [("biddings", "create", f"{PUBLIC}/biddings/1")]
    assert waiting(service) == []


def test_a_repeated_announcement_changes_nothing(service: Service) -> None:
    deliver(service, AUCTION, AUCTION)
    deliver(service, AUCTION)
    learn(service)
    deliver(service, AUCTION, type_="update")
    assert learn(service) == 0
    assert service.auctions.asked == [AUCTION]
    assert len(service.events()) == 1


def test_what_cannot_be_reached_is_tried_again_later(service: Service) -> None:
    service.auctions.at[AUCTION] = 503
    deliver(service, AUCTION)
    learn(service)
    assert learn(service) == 0
    service.clock.now_ms += 1000
    service.auctions.at[AUCTION] = auction()
    assert learn(service) == 1
    assert len(service.events()) == 1


def test_what_cannot_be_reached_is_asked_less_often_each_time_and_every_ten_minutes_for_ever(
    service: Service,
) -> None:
    service.auctions.at[AUCTION] = 503
    deliver(service, AUCTION)
    pauses_s: list[float] = []
    for _ in range(14):
        assert learn(service) == 1
        with reading(service.parts.database.engine) as connection:
            due_at_ms = connection.scalars(select(announced_auctions.c.due_at_ms)).one()
        pauses_s.append((due_at_ms - service.clock.now_ms) / 1000)
        service.clock.now_ms = due_at_ms - 1
        assert learn(service) == 0
        service.clock.now_ms = due_at_ms
    whole_s = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600, 600]
    for pause_s, longest_s in zip(pauses_s, whole_s, strict=True):
        assert longest_s / 2 - 0.001 <= pause_s <= longest_s


def test_what_is_too_large_is_tried_again_later(service: Service) -> None:
    service.auctions.at[AUCTION] = auction() | {"description": "x" * 1024 * 1024}
    deliver(service, AUCTION)
    learn(service)
    assert waiting(service) == [AUCTION]
    assert service.events() == []


@pytest.mark.parametrize("found", [400, 404, {"title": "not an auction"}])
def test_what_is_no_auction_is_forgotten(service: Service, found: Any) -> None:
    service.auctions.at[AUCTION] = found
    deliver(service, AUCTION, "http://elsewhere.test/auctions/1")
    learn(service)
    assert waiting(service) == []
    assert service.events() == []


def test_other_topics_and_deletions_are_settled_and_dropped(service: Service) -> None:
    deliver(service, AUCTION, topic="customers")
    deliver(service, AUCTION, type_="delete")
    assert waiting(service) == []


def test_a_bidding_that_a_bid_opened_first_is_left_alone(service: Service) -> None:
    deliver(service, AUCTION)
    create_bidding(service.parts.books, AUCTION, known_terms())
    learn(service)
    assert len(service.events()) == 1


@pytest.mark.parametrize(
    ("auth", "status"), [(None, 401), (("wrong", "x"), 401), ((UUID, "x"), 401)]
)
def test_an_unsigned_delivery_is_refused(
    service: Service, auth: tuple[str, str] | None, status: int
) -> None:
    body = [{"topic": "auctions", "type": "create", "url": AUCTION, "t": 1}]
    answer = service.app.test_client().post("/events", json=body, auth=auth)
    assert answer.status_code == status
    assert waiting(service) == []


def test_the_jobs_process_has_a_loop_for_each_duty(service: Service) -> None:
    bodies = loops(service.config, service.parts)
    assert set(bodies) == set("relay commands closing learning housekeeping subscribing".split())
    deliver(service, AUCTION)
    assert bodies["learning"]() == 0.0
    assert service.events() == [("biddings", "create", f"{PUBLIC}/biddings/1")]
    assert bodies["housekeeping"]() == 3600.0


def listed(*urls: str, next: str | None = None) -> dict[str, Any]:
    """A page of running auctions."""
    links = {"next": {"href": next}} if next else {}
    return {"_links": links, "_embedded": {"auctions": [auction(url) for url in urls]}}


def test_after_a_resync_every_running_auction_is_learned(service: Service) -> None:
    many = [f"{AUCTIONS}/auctions/{number}" for number in range(5)]
    service.auctions.at |= {url: auction(url) for url in many}
    service.auctions.at[f"{AUCTIONS}/"] = listed(*many[:3], next=f"{AUCTIONS}/more")
    service.auctions.at[f"{AUCTIONS}/more"] = 503
    create_bidding(service.parts.books, many[0], known_terms())

    told = {"topic": "bus", "type": "resync", "url": f"{PUBLIC}/events", "t": 1}
    for _ in range(2):
        assert deliver_events(service, [told | {"data": {"from": 1, "to": 7}}]).status_code == 204
    learn(service)
    assert set(waiting(service)) == {f"{AUCTIONS}/", *many[1:3]}

    service.auctions.at[f"{AUCTIONS}/more"] = listed(*many[3:])
    service.clock.now_ms += 600_000
    while learn(service):
        pass
    assert waiting(service) == []
    urls = {url for topic, type, url in service.events() if (topic, type) == ("biddings", "create")}
    assert len(urls) == len(many)
