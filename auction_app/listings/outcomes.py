"""What happens to listings."""

from collections.abc import Mapping
from dataclasses import dataclass

from service_kit.outcomes import Operation, Outcome

from auction_app.listings.model import Auction


@dataclass(frozen=True)
class ListingPublished(Operation):
    """A seller puts an item up for auction."""

    auction: Auction


@dataclass(frozen=True)
class ListingEdited(Operation):
    """A seller changes these fields of a listing; `auction` is as it was before."""

    auction: Auction
    changes: Mapping[str, str | int | None]


@dataclass(frozen=True)
class ListingHidden(Outcome):
    """A listing was taken from sight: by a moderator, or with its seller's account."""

    auction_id: str


@dataclass(frozen=True)
class ListingShown(Outcome):
    """A listing that was hidden can be seen again."""

    auction_id: str
