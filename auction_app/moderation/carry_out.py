"""Tell bids_service what moderators have decided, once each and in their order."""

from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

from auction_app.bidding.commands import decree as send
from auction_app.bidding.gateway import Gateway
from auction_app.db.store import Store
from auction_app.errors import BidsUnavailable, CommandRefused
from auction_app.moderation.model import Decree
from auction_app.moderation.repository import decrees

log = get_logger(__name__)

_LONGEST_PAUSE_S = 60


def carry_out_decrees(store: Store, gateway: Gateway) -> int:
    """Send what is due; returns how many were settled. Blocks for bids_service.

    Killed halfway it is sent again under its key, so it has its effect once. What can't be sent
    now is put off, 1 s doubling to 60 s, and all that was decided later about the same auction
    with it.
    """
    with store.reading() as conn:
        waiting = decrees.waiting(conn)
    now_ms, settled = store.clock(), 0
    held: set[str] = set()
    for decree in waiting:
        if decree.auction_id in held:
            continue
        if decree.due_at_ms > now_ms or not _carry_out(store, gateway, decree):
            held.add(decree.auction_id)
        else:
            settled += 1
    return settled


def _carry_out(store: Store, gateway: Gateway, decree: Decree) -> bool:
    refused = None
    try:
        send(
            store,
            gateway,
            decree.auction_id,
            decree.what,
            bidder_id=decree.bidder_id,
            key=f"decree-{decree.key}",
        )
    except BidsUnavailable as error:
        _put_off(store, decree, error)
        return False
    except CommandRefused as refusal:
        if refusal.reason == "unknown_auction":  # bids_service has not heard of it yet
            _put_off(store, decree, refusal)
            return False
        refused = refusal.reason
        log.warning("decree refused", auction=decree.auction_id, what=decree.what, why=refused)
    with store.begin() as act:
        decrees.settle(act.conn, decree.key, refused=refused, now_ms=act.now_ms)
    return True


def _put_off(store: Store, decree: Decree, why: Exception) -> None:
    pause_s = backoff_s(decree.failures + 1, longest_s=_LONGEST_PAUSE_S)
    log.info("decree not sent", auction=decree.auction_id, what=decree.what, why=repr(why))
    with store.begin() as act:
        decrees.put_off(act.conn, decree, until_ms=act.now_ms + round(pause_s * 1000))
