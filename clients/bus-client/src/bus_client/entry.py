"""Where everything of the bus is found from: its root document, by the token that asks."""

from bus_client.documents import Document
from bus_client.errors import NotPossible
from bus_client.wire import Wire

_NEEDS = {
    "subscription": "a client's token of scope subscribe",
    "subscriptions": "a client's token of scope subscribe",
    "publish": "a client's token of scope publish",
    "events": "a token of scope subscribe",
    "metrics": "a token of scope monitor",
    "topics": "a token of scope monitor",
    "overview": "a token of scope monitor",
    "history": "a token of scope monitor",
    "tokens": "the root key, or a token of scope admin",
    "clients": "the root key, or a token of scope admin",
    "audit": "a token of scope monitor",
}
"""What a relation takes; a bus that doesn't know it has it for nobody."""


class Entry:
    """The links of the bus's root, read when first asked for. Raises BusRefused, BusUnavailable."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._root: Document | None = None

    def root(self) -> Document:
        """The root document: what this token may use."""
        if self._root is None:
            self._root = self._wire.read("GET", self._wire.url + "/")
        return self._root

    def offers(self, relation: str) -> bool:
        """Whether this token may use that."""
        return self.root().offers(relation)

    def link(self, relation: str, **variables: str) -> str:
        """Where that is. Raises NotPossible where the bus has no such link for this token."""
        root = self.root()
        if not root.offers(relation):
            raise NotPossible(_missing(relation, is_operator=root.offers("tokens")))
        return root.link(relation, **variables)

    @property
    def is_operator(self) -> bool:
        """Whether the token is the root key, or as good as that."""
        return self.offers("tokens")


def _missing(relation: str, *, is_operator: bool) -> str:
    if is_operator or relation not in _NEEDS:
        return f"this bus has no {relation} for this token"
    return f"{relation}: the token isn't good for that, it takes {_NEEDS[relation]}"
