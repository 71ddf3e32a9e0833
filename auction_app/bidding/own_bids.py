"""Show a bidder their own bids in one auction, with the maxima that nobody else ever sees."""

from itertools import islice

import bids_client
from service_kit.errors import HttpFailure

from auction_app.accounts.model import Customer
from auction_app.bidding.gateway import Bids
from auction_app.errors import BidsUnavailable
from auction_app.listings.model import Auction
from auction_app.urls import Urls

LOOK_BACK = 500


def recall_own_bids(
    bids: Bids, urls: Urls, auction: Auction, bidder: Customer
) -> list[bids_client.OwnBid]:
    """The bidder's bids in this auction among the latest 500, newest first.

    Asked from bids_service each time: a maximum is never stored here. Blocks for it. Raises
    BidsUnavailable.
    """
    here = urls.auction(auction.id)
    try:
        latest = islice(bids.bids_of(urls.customer(bidder.id)), LOOK_BACK)
        return [bid for bid in latest if bid.auction == here]
    except HttpFailure as error:
        raise BidsUnavailable(5) from error
