"""HAL: resources with links that say what can be done next, written and read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self
from urllib.parse import urlencode, urljoin

import uritemplate

from service_kit.errors import NoSuchLink, NotAnAmount, NotHal
from service_kit.money import Money

if TYPE_CHECKING:
    from flask import Response

MEDIA_TYPE = "application/hal+json"
Link = dict[str, Any]

_LINKS = "_links"
_EMBEDDED = "_embedded"
_LATEST_MS = 10**14  # in the year 5138


def link(href: str, **attributes: Any) -> Link:
    """A link object; `templated=True`, `title=…` and the like are its attributes."""
    return {"href": href} | attributes


def resource(
    state: Mapping[str, Any],
    links: Mapping[str, Link | list[Link] | None],
    embedded: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A HAL resource. A link that is None is left out: an action not possible now has no link."""
    document = dict(state) | {_LINKS: {rel: href for rel, href in links.items() if href}}
    if embedded is not None:
        document[_EMBEDDED] = dict(embedded)
    return document


def page_resource(
    name: str, items: Sequence[Any], here: str, **following: int | str | None
) -> dict[str, Any]:
    """A page of the list at `here`; `following` is the parameter that the next page begins with,
    such as `after=12` (None: there is no next page)."""
    query = urlencode({key: value for key, value in following.items() if value is not None})
    more = f"{here}{'&' if '?' in here else '?'}{query}"
    links = {"self": link(here), "next": link(more) if query else None}
    return resource({}, links, {name: list(items)})


def respond(
    document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> "Response":
    """A Flask response that carries a HAL resource."""
    from flask import Response, request

    prefix = request.script_root
    shown = _prefixed(document, prefix) if prefix else document
    body = json.dumps(shown, separators=(",", ":"))
    response = Response(body, status, headers=dict(headers or {}), mimetype=MEDIA_TYPE)
    if prefix and response.headers.get("Location", "").startswith("/"):
        response.headers["Location"] = prefix + response.headers["Location"]
    return response


def _prefixed(document: Any, prefix: str) -> Any:
    """The document with its links as who calls the app under a path needs them."""
    if isinstance(document, list):
        return [_prefixed(one, prefix) for one in document]
    if not isinstance(document, Mapping):
        return document
    shown = dict(document)
    if _EMBEDDED in shown:
        shown[_EMBEDDED] = {
            name: _prefixed(items, prefix) for name, items in shown[_EMBEDDED].items()
        }
    if _LINKS in shown:
        shown[_LINKS] = {name: _under(one, prefix) for name, one in shown[_LINKS].items()}
    return shown


def _under(found: Any, prefix: str) -> Any:
    if isinstance(found, list):
        return [_under(one, prefix) for one in found]
    is_ours = found["href"].startswith("/") and not found["href"].startswith("//")
    return found | {"href": prefix + found["href"]} if is_ours else found


@dataclass(frozen=True)
class Resource:
    """A HAL resource as it was read at `url`; relative links are resolved against that.

    What is not as promised raises `malformed`, a link that isn't there `no_link`: a client
    subclasses this to have its own errors raised. Only the fields that are asked for are checked.
    """

    malformed: ClassVar[type[Exception]] = NotHal
    no_link: ClassVar[type[Exception]] = NoSuchLink

    url: str
    document: Mapping[str, Any] = field(repr=False)  # it may hold what nobody should log

    def __post_init__(self) -> None:
        if not isinstance(self.document, Mapping):
            self._refuse("the answer is not an object")
        for reserved in (_LINKS, _EMBEDDED):
            if not isinstance(self.document.get(reserved, {}), Mapping):
                self._refuse(f"{reserved} is not an object")

    @property
    def state(self) -> dict[str, Any]:
        """Everything but links and embedded resources."""
        return {
            name: value for name, value in self.document.items() if name not in {_LINKS, _EMBEDDED}
        }

    def offers(self, relation: str) -> bool:
        """Whether there is such a link."""
        return bool(self._listed(_LINKS, relation))

    def link(self, relation: str, **variables: str) -> str:
        """The URL of the first such link, its template filled in (RFC 6570)."""
        return self.links(relation, **variables)[0]

    def optional_link(self, relation: str) -> str | None:
        """The URL of the first such link; None when there is none."""
        return self.link(relation) if self.offers(relation) else None

    def links(self, relation: str, **variables: str) -> tuple[str, ...]:
        """The URLs of all such links, at least one, their templates filled in (RFC 6570)."""
        return tuple(self._target(relation, one, variables) for one in self._links(relation))

    def template(self, relation: str) -> str:
        """The URL of the first such link; a template stays as it is."""
        return self._target(relation, self._links(relation)[0])

    def targets(self) -> dict[str, str]:
        """The URL of the first link of each relation; templates stay as they are."""
        offered = filter(self.offers, self._within(_LINKS))
        return {relation: self.template(relation) for relation in offered}

    def embedded(self, relation: str) -> tuple[Self, ...]:
        """The embedded resources of this relation; none when there are none."""
        return tuple(self._read(relation, one) for one in self._listed(_EMBEDDED, relation))

    def collection(self, relation: str) -> tuple[Self, ...]:
        """What a collection embeds: it may be empty, but must be there."""
        if not isinstance(self._within(_EMBEDDED).get(relation), list):
            self._refuse(f"the answer holds no {relation}")
        return self.embedded(relation)

    def get(self, name: str, default: Any = None) -> Any:
        """A value of the state as it is; `default` when it is missing."""
        return self.document.get(name, default)

    def values(self, *names: str) -> dict[str, Any]:
        """Values of the state as they are, by name; each must be there, if only as null."""
        for name in names:
            if name not in self.document:
                self._refuse(f"{name} is missing")
        return {name: self.document[name] for name in names}

    def text(self, name: str) -> str:
        """A string."""
        value = self.document.get(name)
        return value if isinstance(value, str) else self._refuse(f"{name} is not a text")

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self.document.get(name)
        return value if type(value) is int else self._refuse(f"{name} is not a whole number")

    def time_ms(self, name: str) -> int:
        """A time in ms since the epoch."""
        value = self.document.get(name)
        if type(value) is not int or not 0 <= value < _LATEST_MS:
            self._refuse(f"{name} is not a time in milliseconds")
        return value

    def money(self, name: str) -> Money:
        """An amount of money."""
        try:
            return Money.parse(self.document.get(name))
        except NotAnAmount as error:
            raise self.malformed(f"{name} is not an amount") from error

    def optional_money(self, name: str) -> Money | None:
        """An amount of money; None when it is missing or null."""
        return None if self.document.get(name) is None else self.money(name)

    def one_of(self, name: str, *known: str | None) -> Any:
        """One of the known words; null or missing only where None is one of them."""
        value = self.document.get(name)
        return value if value in known else self._refuse(f"{name} is none of {known}")

    def part(self, name: str) -> Self:
        """An object within the state."""
        value = self.document.get(name)
        if not isinstance(value, Mapping):
            self._refuse(f"{name} is not an object")
        return type(self)(self.url, value)

    def optional_part(self, name: str) -> Self | None:
        """An object within the state; None when it is missing, null or empty."""
        return None if self.document.get(name) in (None, {}) else self.part(name)

    def parts(self, name: str) -> tuple[Self, ...]:
        """An array of objects within the state."""
        value = self.document.get(name)
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self._refuse(f"{name} is not an array of objects")
        return tuple(type(self)(self.url, one) for one in value)

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of strings within the state."""
        value = self.document.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(f"{name} is not an array of texts")
        return tuple(value)

    def _within(self, reserved: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.get(reserved, {})
        return found

    def _links(self, relation: str) -> list[Any]:
        found = self._listed(_LINKS, relation)
        if not found:
            raise self.no_link(f"no link {relation!r}")
        return found

    def _listed(self, reserved: str, relation: str) -> list[Any]:
        found = self._within(reserved).get(relation)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def _read(self, relation: str, document: Any) -> Self:
        if not isinstance(document, Mapping):
            self._refuse(f"{relation} is not an object")
        found = type(self)(self.url, document)
        return type(self)(found.link("self"), document) if found.offers("self") else found

    def _target(self, relation: str, one: Any, variables: Mapping[str, str] | None = None) -> str:
        href = one.get("href") if isinstance(one, Mapping) else None
        if not isinstance(href, str):
            self._refuse(f"the link {relation!r} has no href")
        if variables is not None and one.get("templated") is True:
            href = uritemplate.expand(href, dict(variables))
        try:
            return urljoin(self.url, href)
        except ValueError as error:
            raise self.malformed(f"the link {relation!r} is not a URL") from error

    def _refuse(self, why: str) -> NoReturn:
        raise self.malformed(why)
