"""Place bids at a Gavel bids service, and look at biddings and bids."""

from service_kit.money import Money

from bids_client.client import BidsClient
from bids_client.entities import (
    Bid,
    Bidding,
    Decree,
    FindsBids,
    Offer,
    Outcome,
    OwnBid,
    PlacedBid,
    ShownPrice,
    find_bids_at,
)
from bids_client.errors import (
    BidRefused,
    BidsError,
    BidsUnavailable,
    CallRefused,
    NotFound,
    NotPossible,
)
from bids_client.simulation import PlayedStep, Step

__version__ = "0.4.0"

__all__ = [
    "Bid",
    "BidRefused",
    "Bidding",
    "BidsClient",
    "BidsError",
    "BidsUnavailable",
    "CallRefused",
    "Decree",
    "FindsBids",
    "Money",
    "NotFound",
    "NotPossible",
    "Offer",
    "Outcome",
    "OwnBid",
    "PlacedBid",
    "PlayedStep",
    "ShownPrice",
    "Step",
    "find_bids_at",
]
