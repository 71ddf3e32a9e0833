"""A HAL resource as it was fetched: state, links, embedded resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import uritemplate

from bus_drain.fetch.errors import NoSuchLink, NotHal

_LINKS = "_links"
_EMBEDDED = "_embedded"


@dataclass(frozen=True)
class Entity:
    """What was at `url`. `entity["price"]` is a key of its state."""

    url: str
    document: Mapping[str, Any] = field(repr=False)  # it may hold what nobody should log

    def __post_init__(self) -> None:
        parts = [self.document, self.document.get(_LINKS, {}), self.document.get(_EMBEDDED, {})]
        if not all(isinstance(part, Mapping) for part in parts):
            raise NotHal("the answer is no HAL resource")

    @property
    def state(self) -> dict[str, Any]:
        """Everything but links and embedded resources."""
        reserved = {_LINKS, _EMBEDDED}
        return {name: value for name, value in self.document.items() if name not in reserved}

    def __getitem__(self, name: str) -> Any:
        return self.document[name]

    def offers(self, relation: str) -> bool:
        """Whether there is such a link."""
        return bool(_listed(self.document.get(_LINKS, {}).get(relation)))

    def link(self, relation: str, **variables: str) -> str:
        """The URL of the first such link, its template filled in (RFC 6570). Raises NoSuchLink."""
        return self.links(relation, **variables)[0]

    def links(self, relation: str, **variables: str) -> tuple[str, ...]:
        """The URLs of all such links. Raises NoSuchLink when there is none."""
        found = _listed(self.document.get(_LINKS, {}).get(relation))
        if not found:
            raise NoSuchLink(f"no link {relation!r}")
        return tuple(urljoin(self.url, _href(link, variables)) for link in found)

    def embedded(self, relation: str) -> tuple["Entity", ...]:
        """The embedded resources of this relation; none when there are none."""
        found = _listed(self.document.get(_EMBEDDED, {}).get(relation))
        return tuple(self._embedded(document) for document in found)

    def _embedded(self, document: Any) -> "Entity":
        entity = Entity(self.url, document if isinstance(document, Mapping) else {_LINKS: None})
        return Entity(entity.link("self"), document) if entity.offers("self") else entity


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _href(link: Any, variables: Mapping[str, str]) -> str:
    href = link.get("href") if isinstance(link, Mapping) else None
    if not isinstance(href, str):
        raise NotHal("a link without href")
    return uritemplate.expand(href, dict(variables)) if link.get("templated") is True else href
