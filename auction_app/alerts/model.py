"""What is looked for, and what was told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AlertKind = Literal["saved-search", "new-listing"]

MOST_SEARCHES = 50
MOST_SELLERS = 200
"""So many of each a customer may have."""


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    """The parameters of a search's address; amounts are written with a point."""

    id: str
    customer_id: str
    asked: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """That an item was listed that a customer looks for, or by a seller whom they follow; `about`
    is the search's or the seller's id. Each is told once."""

    id: str
    kind: AlertKind
    customer_id: str
    auction_id: str
    about: str
    ends_at_ms: int
