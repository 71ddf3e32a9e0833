"""A notice and its letter, for the tests of the tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from service_kit.money import Money

from mailer_service.model.mails import Letter, Notice

T = TypeVar("T", Notice, Letter)

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
NOTICE = Notice(
    entity_url="https://b.example/bids/1",
    kind="outbid",
    recipient_url="https://a.example/1",
    price=Money(1250, "USD"),
    auction_url="https://a.example/auctions/1",
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


def written(told: T, **changes: Any) -> T:
    """The same, but for the changes."""
    return replace(told, **changes)
