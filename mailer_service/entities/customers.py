"""Customers: from a document of auction_app, read with a token that may see addresses."""

from collections.abc import Mapping

from mailer_service.entities.fields import (
    Document,
    has_link,
    href_at_home,
    identifier,
    line,
    part,
    word,
)
from mailer_service.model.entities import Customer, PendingRequest
from mailer_service.model.kinds import SWITCHES, Preference

_PREFERENCES = ("at_once", "daily", "off", None)


def customer_from(document: Document, url: str) -> Customer:
    """One customer. What only newer versions of auction_app say may be missing."""
    welcomed = part(document, "welcomed")
    return Customer(
        url=url,
        name=line(document, "name"),
        email=line(document, "email"),
        email_verified=bool(document.get("email_verified")),
        locale=line(document, "locale"),
        time_zone=line(document, "time_zone") if document.get("time_zone") else "UTC",
        notices=_notices(document),
        verification=_verification(document, url),
        password_reset=_waiting(document, url, "password_reset", "reset-password"),
        address_change=_waiting(document, url, "address_change", "confirm-address"),
        welcomed_id=identifier(welcomed, "id") if welcomed else None,
        preferences=_link_at_home(document, url, "preferences"),
        unsubscribe=_link_at_home(document, url, "unsubscribe"),
    )


def _notices(document: Document) -> Mapping[str, Preference]:
    notices = part(document, "notices") or {}
    return {kind: word(notices, kind, *_PREFERENCES) or "at_once" for kind in SWITCHES}


def _verification(document: Document, url: str) -> PendingRequest | None:
    if document.get("email_verified"):
        return None
    return _waiting(document, url, "verification", "verify-email")


def _waiting(document: Document, url: str, key: str, rel: str) -> PendingRequest | None:
    request = part(document, key)
    if request is None:
        return None
    return PendingRequest(
        id=identifier(request, "id"),
        link=href_at_home(document, rel, url),
        to=line(request, "to") if key == "address_change" else None,
    )


def _link_at_home(document: Document, url: str, rel: str) -> str | None:
    return href_at_home(document, rel, url) if has_link(document, rel) else None
