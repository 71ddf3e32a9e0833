"""The kinds of news that a customer gets, and how each may reach them by mail."""

from dataclasses import dataclass
from typing import Literal

from service_kit.money import Money

StatementKind = Literal[
    "item-removed",
    "account-closed",
    "decision-lifted",
    "appeal-rejected",
    "bidding-stopped",
    "bidding-resumed",
    "auction-ended",
    "bids-removed",
    "report-decided",
    "message-removed",
    "message-shown",
    "message-stays",
]
"""What somebody may be told of a decision of the house."""

Kind = Literal[
    "new-bid",
    "outbid",
    "ending-soon",
    "won",
    "bought",
    "lost",
    "sold",
    "unsold",
    "question",
    "answer",
    "order",
    "message",
    "second-chance",
    "saved-search",
    "new-listing",
    StatementKind,
]

KINDS: tuple[Kind, ...] = (
    "outbid",
    "ending-soon",
    "won",
    "lost",
    "second-chance",
    "saved-search",
    "new-listing",
    "answer",
    "new-bid",
    "sold",
    "unsold",
    "question",
    "order",
    "message",
)
"""In the order in which a bidder, then a seller, then both would read them: those whose mails can
be switched off. What the house decides is told whatever is chosen."""

MODES = ("at_once", "daily", "off")
"""How news goes out by mail; the first is what holds until something is chosen. On the site all
of them appear, whatever is chosen for mails."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One piece of news on the site. `path` is where it is about; `title` is the item's, `price`
    what was bid, reached or offered, where it is about that."""

    id: str
    kind: str
    title: str
    path: str
    at_ms: int
    read: bool
    price: Money | None = None
