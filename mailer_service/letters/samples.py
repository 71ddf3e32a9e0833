"""A letter of every kind with sample data: for the preview, and for tests that leave none out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service_kit.money import Money

from mailer_service.model.kinds import BUS_DIGEST, DIGEST, KINDS, NEW_BIDS, STATEMENTS
from mailer_service.model.mails import Letter

_AUCTION = "https://gavel.example/auctions/brass-lamp"
_ENDS_AT_MS = 1_795_271_400_000
_PRICE = Money(125_000, "EUR")

_ACCOUNT = {"title": None, "price": None}
_FACTS: Mapping[str, dict[str, Any]] = {
    "password-reset": _ACCOUNT | {"link": "https://gavel.example/reset-password/TOKEN"},
    "account-exists": _ACCOUNT | {"link": "https://gavel.example/sign-in"},
    "verify-email": _ACCOUNT | {"link": "https://gavel.example/verify-email/TOKEN"},
    "confirm-address": _ACCOUNT | {"link": "https://gavel.example/confirm-address/TOKEN"},
    "address-warning": _ACCOUNT | {"link": "https://gavel.example/notices/preferences"},
    "sign-in-changed": _ACCOUNT
    | {"link": "https://gavel.example/account/two-factor", "text": "two-factor-on"},
    "welcome": _ACCOUNT | {"link": "https://gavel.example/"},
    "ending-soon": {"price": None, "until_ms": _ENDS_AT_MS},
    "saved-search": {"price": None, "until_ms": _ENDS_AT_MS},
    "new-listing": {"price": None, "until_ms": _ENDS_AT_MS},
    "second-chance": {"until_ms": _ENDS_AT_MS},
    "won": {"about": "Sally Seller"},
    "sold": {"about": "Bob Buyer"},
    "unsold": {"is_reserve_missed": True},
    "question": {
        "price": None,
        "about": "Bob Buyer",
        "text": "Is the cable the original one?\nAnd does it come with a bulb?",
    },
    "answer": {
        "price": None,
        "about": "Sally Seller",
        "text": "Yes, rewired in 1962 & tested last week.\nA bulb is included.",
    },
    "message": {
        "price": None,
        "about": "Sally Seller",
        "side": "buyer",
        "text": "It goes out on Monday.\nIs a box of 40 by 30 cm & 3 kg all right?",
    },
    "order-agreed": {"about": "Sally Seller", "side": "buyer"},
    "order-paid": {"about": "Bob Buyer", "side": "seller"},
    "payment-received": {"about": "Bob Buyer", "side": "seller"},
    "order-shipped": {"about": "Sally Seller", "side": "buyer", "text": "DHL 00340434161094015902"},
    "order-sent-back": {"about": "Bob Buyer", "side": "seller", "text": "UPS 1Z999AA10123456784"},
    "order-returned": {"about": "Sally Seller", "side": "buyer"},
    "return-refunded": {"about": "Sally Seller", "side": "buyer"},
    "return-asked": {"about": "Bob Buyer", "side": "seller", "text": "The shade is cracked."},
    "return-accepted": {"about": "Sally Seller", "side": "buyer", "text": "12 Mill Lane, Leeds"},
    "return-declined": {"about": "Sally Seller", "side": "buyer"},
    "order-received": {"about": "Bob Buyer", "side": "seller"},
    "order-cancelled": {"about": "Bob Buyer", "side": "seller"},
    "order-refunded": {"about": "Sally Seller", "side": "buyer"},
    "order-unpaid": {"about": "Bob Buyer", "side": "seller"},
    "postage-named": {"about": "Sally Seller", "side": "buyer"},
    "payment-due-soon": {"about": "Sally Seller", "side": "buyer", "until_ms": _ENDS_AT_MS},
    "payment-overdue": {"about": "Sally Seller", "side": "buyer"},
    "order-on-hold": {"about": "Sally Seller", "side": "buyer"},
    "cancel-asked": {
        "about": "Bob Buyer",
        "side": "seller",
        "text": "I bid on the wrong lamp, sorry.",
    },
    "cancel-declined": {"about": "Sally Seller", "side": "buyer"},
    **{
        kind: {"price": None, "text": "Rule 2: the photos show another lamp than the one sold."}
        for kind in STATEMENTS
    },
    "account-closed": _ACCOUNT | {"text": "Rule 2: three items were fakes."},
    NEW_BIDS: {"count": 7},
}
_OF_THE_BUS: dict[str, Any] = {
    "name": "",
    "title": "stock/default",
    "price": None,
    "preferences": None,
    "link": "https://bus.gavel.example/console/clients/stock/subscriptions/default",
    "since_ms": _ENDS_AT_MS,
}
_ANSWER = "https://stock.example/events: HTTP 503"
_ENDED: dict[str, Any] = {"ended_ms": _ENDS_AT_MS + 5_400_000}
_REPORTS: Mapping[str, dict[str, Any]] = {
    "subscription-failing": {"text": _ANSWER},
    "subscription-disabled": {"text": _ANSWER, "reason": "failing"},
    "subscription-recovered": _ENDED,
    "subscription-dead-letters": {"text": _ANSWER, "count": 3},
    "subscription-behind": {"text": _ANSWER},
    "subscription-caught-up": _ENDED,
    "subscription-resync": {"count": 1_200},
}


def sample(kind: str, locale: str = "en") -> Letter:
    """A letter of the kind. Raises KeyError for a kind that there is not."""
    switch = KINDS[kind].switch
    blank = Letter(
        kind=kind,
        name="Ada Lovelace",
        address="ada@example.org",
        locale=locale,
        time_zone="Europe/Berlin",
        link=_AUCTION,
        title="Brass desk lamp, around 1920",
        price=_PRICE,
        preferences="https://gavel.example/notices/preferences",
        unsubscribe=f"https://gavel.example/unsubscribe/TOKEN/{switch}" if switch else None,
    )
    if kind == DIGEST:
        return _digest(blank)
    if kind == BUS_DIGEST:
        return _digest_of_the_bus(blank)
    if kind in _REPORTS:
        return replace(blank, **_OF_THE_BUS | _REPORTS[kind])
    return replace(blank, **_FACTS.get(kind, {}))


def _digest(blank: Letter) -> Letter:
    told = ("outbid", "new-bid", "question", "order-shipped")
    items = tuple(sample(kind, blank.locale) for kind in told)
    return replace(
        blank,
        link="https://gavel.example/",
        title=None,
        price=None,
        items=items,
        count=6,
        unsubscribe="https://gavel.example/unsubscribe/TOKEN/new-bid,order,outbid,question",
    )


def _digest_of_the_bus(blank: Letter) -> Letter:
    items = tuple(sample(kind, blank.locale) for kind in _REPORTS)
    facts = _OF_THE_BUS | {"title": None, "since_ms": None, "count": len(items) + 1}
    return replace(blank, **facts, items=items)
