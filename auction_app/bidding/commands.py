"""What else can be done with a bidding: buy at once, take one's bids back, call it off."""

from collections.abc import Callable
from typing import TypeVar

import bids_client

from auction_app.accounts.model import Customer
from auction_app.bidding.bids_health import note_answer, note_silence
from auction_app.bidding.gateway import Bids
from auction_app.bidding.pending_command import pending_command
from auction_app.bidding.place_bid import RETRY_AFTER_S
from auction_app.bidding.projection import keep_bidding
from auction_app.bidding.repository import stale
from auction_app.db.store import Store
from auction_app.errors import BidsUnavailable, CommandRefused, NotVerified
from auction_app.listings.model import Auction
from auction_app.urls import Urls

T = TypeVar("T")
Command = Callable[[bids_client.Bidding], bids_client.Bidding]
NOT_POSSIBLE = "not_possible"


def buy_now(
    store: Store, bids: Bids, urls: Urls, auction_id: str, *, buyer: Customer, key: str, now_ms: int
) -> None:
    """Buy at the buy-now price, which ends the auction. Safe to repeat with the same key.

    Blocks for bids_service. Raises NotVerified, NoSession, CommandRefused, BidsUnavailable.
    """
    if not buyer.verified:
        raise NotVerified("buyers need a verified address")
    me = urls.customer(buyer.id)

    def command(bidding: bids_client.Bidding) -> bids_client.Bidding:
        if bidding.outcome == "sold" and bidding.leader == me:
            return bidding  # sent before, and its answer was lost
        return bids.buy_now(bidding, me, key)

    with pending_command(store, buyer, auction_id, key, now_ms=now_ms):
        _carry_out(store, bids, urls, auction_id, command, now_ms)


def retract(
    store: Store,
    bids: Bids,
    urls: Urls,
    auction_id: str,
    *,
    bidder: Customer,
    key: str,
    now_ms: int,
) -> None:
    """Take a bidder's bids back, as far as docs/bidding.md B13 lets them go.

    Safe to repeat with the same key. Blocks for bids_service. Raises CommandRefused,
    BidsUnavailable.
    """
    me = urls.customer(bidder.id)
    _carry_out(store, bids, urls, auction_id, lambda it: bids.retract(it, me, key), now_ms)


def end_early(
    store: Store,
    bids: Bids,
    urls: Urls,
    auction_id: str,
    *,
    seller: Customer,
    key: str,
    now_ms: int,
) -> None:
    """Call an auction off on behalf of its seller, unless somebody has bid: nothing is sold.

    That is the house's rule, for bidders rely on it; bids_service applies it, which alone knows
    whether a bid was first. Safe to repeat with the same key. Blocks for bids_service. Raises
    CommandRefused, BidsUnavailable.
    """
    me = urls.customer(seller.id)

    def command(bidding: bids_client.Bidding) -> bids_client.Bidding:
        return bids.cancel(bidding, me, key, only_without_bids=True)

    _carry_out(store, bids, urls, auction_id, command, now_ms)


def call_off(store: Store, bids: Bids, urls: Urls, auction: Auction, *, now_ms: int) -> None:
    """Call an auction off on behalf of the house, whoever has bid: nothing is sold. Safe to
    repeat. Blocks for bids_service. Raises CommandRefused, BidsUnavailable."""
    seller, key = urls.customer(auction.seller_id), f"call-off-{auction.id}"
    _carry_out(store, bids, urls, auction.id, lambda it: bids.cancel(it, seller, key), now_ms)


def _carry_out(
    store: Store, bids: Bids, urls: Urls, auction_id: str, command: Command, now_ms: int
) -> None:
    told = asked(store, lambda: command(bids.bidding_of(urls.auction(auction_id))), now_ms=now_ms)
    keep_bidding(store, urls, told, now_ms=now_ms)
    with store.writing() as conn:  # which bids still count is read anew
        stale.notice(conn, "history", told.url, now_ms=now_ms)


def asked(store: Store, ask: Callable[[], T], *, now_ms: int) -> T:
    """What bids_service answers. Raises CommandRefused, BidsUnavailable."""
    try:
        answer = ask()
    except bids_client.BidRefused as refusal:
        raise CommandRefused(refusal.reason) from refusal
    except bids_client.NotFound as refusal:
        raise CommandRefused("unknown_auction") from refusal  # listed a moment ago, say
    except bids_client.NotPossible as refusal:
        raise CommandRefused(NOT_POSSIBLE) from refusal
    except bids_client.BidsError as error:
        note_silence(store, error, now_ms=now_ms)
        raise BidsUnavailable(RETRY_AFTER_S) from error
    note_answer(store)
    return answer
