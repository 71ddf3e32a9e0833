"""What else can be done with a bidding: buy at once, take one's bids back, call it off."""

import bids_client

from auction_app.accounts.model import Customer
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.pending_command import pending_command
from auction_app.bidding.projection import keep_bidding
from auction_app.bidding.repository import stale
from auction_app.db.store import Store
from auction_app.errors import NotVerified


def buy_now(store: Store, gateway: Gateway, auction_id: str, *, buyer: Customer, key: str) -> None:
    """Buy at the buy-now price, which ends the auction. Safe to repeat with the same key.

    Blocks for bids_service. Raises NotVerified, NoSession, CommandRefused, BidsUnavailable.
    """
    if not buyer.verified:
        raise NotVerified("buyers need a verified address")
    with pending_command(store, buyer, auction_id, key):
        _keep(store, gateway.buy_now(auction_id, buyer.id, key))


def retract(store: Store, gateway: Gateway, auction_id: str, *, bidder: Customer, key: str) -> None:
    """Take a bidder's bids back, as far as docs/bidding.md B13 lets them go.

    Safe to repeat with the same key. Blocks for bids_service. Raises CommandRefused,
    BidsUnavailable.
    """
    _keep(store, gateway.retract(auction_id, bidder.id, key))


def end_early(
    store: Store, gateway: Gateway, auction_id: str, *, seller: Customer, key: str
) -> None:
    """Call an auction off on behalf of its seller, unless somebody has bid: nothing is sold.

    That is the house's rule, for bidders rely on it; bids_service applies it, which alone knows
    whether a bid was first. Safe to repeat with the same key. Blocks for bids_service. Raises
    CommandRefused, BidsUnavailable.
    """
    _keep(store, gateway.cancel(auction_id, seller.id, key, only_without_bids=True))


def decree(
    store: Store,
    gateway: Gateway,
    auction_id: str,
    what: bids_client.Decree,
    *,
    bidder_id: str | None,
    key: str,
) -> None:
    """Have bids_service carry out what the house decided (docs/bidding.md B17, B18). Safe to
    repeat. Blocks for bids_service. Raises CommandRefused, BidsUnavailable."""
    _keep(store, gateway.decree(auction_id, what, bidder_id, key))


def _keep(store: Store, told: bids_client.Bidding) -> None:
    with store.begin() as act:
        keep_bidding(act, told)
        stale.notice(act.conn, "history", told.url, now_ms=act.now_ms)  # which bids still count
