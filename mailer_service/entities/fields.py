"""What a mail takes over from an entity has bounds; whatever is beyond them is a BadEntity."""

import re

from bus_drain.fetch import Entity, UnknownHost
from service_kit.errors import UnknownOrigin
from service_kit.http import origin_of

from mailer_service.errors import BadEntity
from mailer_service.model.entities import MAX_URL_LENGTH

_LONGEST_LINE = 500
_LONGEST_TEXT = 5_000
_LONGEST_ID = 100  # it is part of the ledger's key
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def line(entity: Entity, name: str) -> str:
    """One printable line of at most 500 characters: it will stand in a mail's header."""
    found = _UNPRINTABLE.sub(" ", entity.text(name)).strip()
    if not found or len(found) > _LONGEST_LINE:
        raise BadEntity(f"{name} is not a text of at most {_LONGEST_LINE} characters")
    return found


def lines(entity: Entity, name: str) -> str:
    """Somebody's own words: several lines, cut after 5 000 characters."""
    found = _CONTROL.sub(" ", entity.text(name).replace("\r\n", "\n")).strip()
    return found if len(found) <= _LONGEST_TEXT else found[:_LONGEST_TEXT].rstrip() + " …"


def identifier(entity: Entity, name: str) -> str:
    """The id of something that may be asked for again."""
    found = line(entity, name)
    if len(found) > _LONGEST_ID:
        raise BadEntity(f"{name} is longer than {_LONGEST_ID} characters")
    return found


def link(entity: Entity, relation: str) -> str:
    """Where a link leads: a URL that fits into the ledger."""
    return _fitting(entity.link(relation), relation)


def optional_link(entity: Entity, relation: str) -> str | None:
    """Where a link leads that need not be there."""
    return link(entity, relation) if entity.offers(relation) else None


def link_at_home(entity: Entity, relation: str) -> str:
    """Where a link for people's eyes leads, nowhere but to the host of the entity; a template
    stays one."""
    found = _fitting(entity.template(relation), relation)
    try:
        is_at_home = origin_of(found) == origin_of(entity.url)
    except UnknownOrigin as error:
        raise UnknownHost(f"{relation}: {error}") from error
    if not is_at_home:
        raise BadEntity(f"{relation} leads to another host than the entity's")
    return found


def _fitting(url: str, relation: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise BadEntity(f"the link {relation} is too long")
    return url
