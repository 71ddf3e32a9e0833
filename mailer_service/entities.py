"""Fetches what other services know, and takes from it what a mail needs."""

import re
from collections.abc import Mapping
from typing import Any

from service_kit.errors import NotAnAmount
from service_kit.http import HttpClient, origin_of
from service_kit.money import Money

from mailer_service.errors import BadEntity
from mailer_service.model import MAX_URL_LENGTH, Auction, Bid, Bidding, Customer, Verification

Document = Mapping[str, Any]

_LONGEST_LINE = 500
_LONGEST_ID = 100  # it is part of the ledger's key
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Entities:
    """Entities of other services by URL.

    Every method blocks for at most the client's total deadline, and raises HttpFailure (the
    service did not answer, or the URL is not one of a service that we know) or BadEntity.
    """

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def bid(self, url: str) -> Bid:
        """One bid of bids_service."""
        document = self._get(url)
        return Bid(
            url=url,
            outcome=_word(document, "outcome", "leading", "outbid", "raised"),
            price=_money(document, "price"),
            auction_url=_href(document, "auction"),
            seller_url=_href(document, "seller"),
            outbid_url=_href(document, "outbid") if _has_link(document, "outbid") else None,
        )

    def bidding(self, url: str) -> Bidding:
        """The bid book of one auction, of bids_service."""
        document = self._get(url)
        bidding = Bidding(
            url=url,
            status=_word(document, "status", "scheduled", "open", "closed"),
            outcome=_word(document, "outcome", "sold", "unsold", None),
            price=_money(document, "price") if document.get("price") else None,
            auction_url=_href(document, "auction"),
            seller_url=_href(document, "seller"),
            leader_url=_href(document, "leader") if _has_link(document, "leader") else None,
        )
        if not _is_consistent(bidding):
            raise BadEntity("closed without an outcome, or sold to nobody")
        return bidding

    def auction(self, url: str) -> Auction:
        """One auction of auction_app."""
        return Auction(url=url, title=_line(self._get(url), "title"))

    def customer(self, url: str) -> Customer:
        """One customer of auction_app, with the address: our token must have that scope."""
        document = self._get(url)
        return Customer(
            url=url,
            name=_line(document, "name"),
            email=_line(document, "email"),
            locale=_line(document, "locale"),
            verification=_verification(document, url),
        )

    def _get(self, url: str) -> Document:
        return self._http.get(url).json()


def _is_consistent(bidding: Bidding) -> bool:
    # Otherwise nobody would be told of the end, and nobody of that.
    if bidding.status == "closed" and bidding.outcome is None:
        return False
    return bidding.outcome != "sold" or (
        bidding.leader_url is not None and bidding.price is not None
    )


def _verification(document: Document, url: str) -> Verification | None:
    verification = document.get("verification")
    if document.get("email_verified") or not verification:
        return None
    if not isinstance(verification, dict):
        raise BadEntity("verification is not an object")
    link = _href(document, "verify-email")
    if origin_of(link) != origin_of(url):
        raise BadEntity("verify-email leads to another host than the customer's")
    verification_id = _line(verification, "id")
    if len(verification_id) > _LONGEST_ID:
        raise BadEntity(f"verification.id is longer than {_LONGEST_ID} characters")
    return Verification(id=verification_id, link=link)


def _line(document: Document, key: str) -> str:
    # One printable line: it will stand in a mail's header.
    value = document.get(key)
    line = _UNPRINTABLE.sub(" ", value).strip() if isinstance(value, str) else ""
    if not line or len(line) > _LONGEST_LINE:
        raise BadEntity(f"{key} is not a text of at most {_LONGEST_LINE} characters")
    return line


def _word(document: Document, key: str, *known: str | None) -> Any:
    value = document.get(key)
    if value not in known:
        raise BadEntity(f"{key} is none of {known}")
    return value


def _money(document: Document, key: str) -> Money:
    try:
        return Money.parse(document.get(key))
    except NotAnAmount as error:
        raise BadEntity(f"{key} is not an amount") from error


def _links(document: Document) -> Document:
    links = document.get("_links")
    if not isinstance(links, dict):
        raise BadEntity("_links is not an object")
    return links


def _has_link(document: Document, rel: str) -> bool:
    return bool(_links(document).get(rel))


def _href(document: Document, rel: str) -> str:
    link = _links(document).get(rel)
    href = link.get("href") if isinstance(link, dict) else None
    if not isinstance(href, str) or len(href) > MAX_URL_LENGTH:
        raise BadEntity(f"the link {rel} is missing or too long")
    return href
