"""Show a bidder their own bids in one auction, with the maxima that nobody else ever sees."""

import bids_client

from auction_app.accounts.model import Customer
from auction_app.bidding.gateway import Gateway

LOOK_BACK = 500


def recall_own_bids(
    gateway: Gateway, auction_url: str, bidder: Customer
) -> list[bids_client.OwnBid]:
    """The bidder's bids in this auction among the latest 500, newest first.

    Asked from bids_service each time: a maximum is never stored here. Blocks for it. Raises
    BidsUnavailable.
    """
    latest = gateway.own_bids(bidder.id, most=LOOK_BACK)
    return [bid for bid in latest if bid.auction == auction_url]
