"""Reads single fields of a document; whatever is not as promised is a BadEntity."""

import re
from collections.abc import Mapping
from typing import Any

from service_kit.errors import NotAnAmount
from service_kit.http import origin_of
from service_kit.money import Money

from mailer_service.errors import BadEntity
from mailer_service.model.entities import MAX_URL_LENGTH

Document = Mapping[str, Any]

_LONGEST_LINE = 500
_LONGEST_TEXT = 5_000
_LONGEST_ID = 100  # it is part of the ledger's key
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def line(document: Document, key: str) -> str:
    """One printable line of at most 500 characters: it will stand in a mail's header."""
    value = document.get(key)
    found = _UNPRINTABLE.sub(" ", value).strip() if isinstance(value, str) else ""
    if not found or len(found) > _LONGEST_LINE:
        raise BadEntity(f"{key} is not a text of at most {_LONGEST_LINE} characters")
    return found


def words(document: Document, key: str) -> str:
    """Somebody's own words: several lines, cut after 5 000 characters."""
    value = document.get(key)
    if not isinstance(value, str):
        raise BadEntity(f"{key} is not a text")
    found = _CONTROL.sub(" ", value.replace("\r\n", "\n")).strip()
    return found if len(found) <= _LONGEST_TEXT else found[:_LONGEST_TEXT].rstrip() + " …"


def identifier(document: Document, key: str) -> str:
    """The id of something that may be asked for again."""
    found = line(document, key)
    if len(found) > _LONGEST_ID:
        raise BadEntity(f"{key} is longer than {_LONGEST_ID} characters")
    return found


def word(document: Document, key: str, *known: str | None) -> Any:
    """One of the known words."""
    value = document.get(key)
    if value not in known:
        raise BadEntity(f"{key} is none of {known}")
    return value


def money(document: Document, key: str) -> Money:
    """An amount of money."""
    try:
        return Money.parse(document.get(key))
    except NotAnAmount as error:
        raise BadEntity(f"{key} is not an amount") from error


def time_ms(document: Document, key: str) -> int:
    """Milliseconds since the epoch."""
    value = document.get(key)
    if type(value) is not int or not 0 <= value < 10**14:
        raise BadEntity(f"{key} is not a time in milliseconds")
    return value


def part(document: Document, key: str) -> Document | None:
    """An object inside the document; None when there is none."""
    value = document.get(key)
    if value is not None and not isinstance(value, dict):
        raise BadEntity(f"{key} is not an object")
    return value or None


def rows(document: Document, key: str) -> list[Document]:
    """An array of objects."""
    value = document.get(key)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise BadEntity(f"{key} is not an array of objects")
    return value


def has_link(document: Document, rel: str) -> bool:
    """Whether the document links to it."""
    return bool(_links(document).get(rel))


def href(document: Document, rel: str) -> str:
    """Where a link leads."""
    link = _links(document).get(rel)
    found = link.get("href") if isinstance(link, dict) else None
    if not isinstance(found, str) or len(found) > MAX_URL_LENGTH:
        raise BadEntity(f"the link {rel} is missing or too long")
    return found


def href_at_home(document: Document, rel: str, url: str) -> str:
    """Where a link for people's eyes leads: nowhere but to the host of `url`."""
    found = href(document, rel)
    if origin_of(found) != origin_of(url):
        raise BadEntity(f"{rel} leads to another host than the entity's")
    return found


def optional_href(document: Document, rel: str) -> str | None:
    """Where a link leads that need not be there."""
    return href(document, rel) if has_link(document, rel) else None


def _links(document: Document) -> Document:
    links = document.get("_links")
    if not isinstance(links, dict):
        raise BadEntity("_links is not an object")
    return links
