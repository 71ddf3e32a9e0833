"""Fetch what changed elsewhere, and what ought to have changed but was never told."""

from collections.abc import Callable

from bids_client import BidsError, NotFound
from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

from auction_app.bidding.gateway import Bids
from auction_app.bidding.projection import keep_bid, keep_bidding, note_retractions
from auction_app.bidding.repository import biddings, stale
from auction_app.bidding.repository.stale import StaleEntity
from auction_app.db.store import Store
from auction_app.listings.repository import auctions
from auction_app.second_chances.offers import keep_offer
from auction_app.urls import Urls

log = get_logger(__name__)

BATCH = 100
GRACE_MS, MINUTE_MS, HOUR_MS = 2_000, 60_000, 3_600_000


def refresh_projection(store: Store, bids: Bids, urls: Urls, *, now_ms: int) -> int:
    """Fetch the entities that are due; returns how many were looked at. Blocks for bids_service.

    One that can't be fetched now is put off: 1 s doubling to 60 s, until it can be.
    """
    with store.reading() as conn:
        due = stale.due(conn, now_ms=now_ms, limit=BATCH)
    for entity in due:
        _refresh(store, bids, urls, entity, now_ms)
    return len(due)


def notice_gaps(store: Store, urls: Urls, *, now_ms: int) -> None:
    """Note as stale what no event has told: auctions whose bidding nobody has told of in their
    first minute, those whose time is up but whose outcome is not known, biddings that count more
    bids than are here, that have started, and that were not looked at for long. Heals whatever
    went missing."""
    with store.writing() as conn:
        overdue = auctions.overdue(conn, before_ms=now_ms - GRACE_MS, limit=BATCH)
        lacking = biddings.incomplete(conn, fetched_before_ms=now_ms - GRACE_MS, limit=BATCH)
        unheard = auctions.unheard_of(
            conn, after_ms=now_ms - HOUR_MS, before_ms=now_ms - MINUTE_MS, limit=BATCH
        )
        for auction_id in (*overdue, *unheard):
            stale.notice_unless_waiting(conn, "auction", urls.auction(auction_id), now_ms=now_ms)
        started = biddings.just_started(conn, now_ms=now_ms, limit=BATCH)
        unseen = biddings.long_unfetched(conn, now_ms=now_ms, limit=BATCH)
        for url in (*started, *unseen):
            stale.notice_unless_waiting(conn, "bidding", url, now_ms=now_ms)
        for url in lacking:
            stale.notice_unless_waiting(conn, "history", url, now_ms=now_ms)


def _refresh(store: Store, bids: Bids, urls: Urls, entity: StaleEntity, now_ms: int) -> None:
    try:
        _FETCH[entity.kind](store, bids, urls, entity.url, now_ms)
    except BidsError as error:
        if isinstance(error, NotFound) and entity.kind != "auction":
            log.warning("entity is gone", url=entity.url, kind=entity.kind, error=str(error))
        else:
            _put_off(store, entity, error, now_ms)
            return
    with store.writing() as conn:
        stale.settle(conn, entity)


def _put_off(store: Store, entity: StaleEntity, error: BidsError, now_ms: int) -> None:
    pause_s = backoff_s(entity.failures + 1, longest_s=60)
    log.info("fetch failed", url=entity.url, error=str(error), retry_in_s=round(pause_s, 1))
    with store.writing() as conn:
        stale.put_off(conn, entity, until_ms=now_ms + round(pause_s * 1000))


def _fetch_bidding(store: Store, bids: Bids, urls: Urls, url: str, now_ms: int) -> None:
    keep_bidding(store, urls, bids.bidding(url), now_ms=now_ms)


def _fetch_bidding_of(store: Store, bids: Bids, urls: Urls, url: str, now_ms: int) -> None:
    keep_bidding(store, urls, bids.bidding_of(url), now_ms=now_ms)


def _fetch_bid(store: Store, bids: Bids, urls: Urls, url: str, _now_ms: int) -> None:
    keep_bid(store, urls, bids.bid(url))


def _fetch_history(store: Store, bids: Bids, urls: Urls, url: str, now_ms: int) -> None:
    bidding = bids.bidding(url)
    keep_bidding(store, urls, bidding, now_ms=now_ms)
    still = [bid for bid in bids.bids(bidding)]
    for bid in still:
        keep_bid(store, urls, bid)
    note_retractions(store, urls, bidding, [bid.url for bid in still], now_ms=now_ms)


def _fetch_offer(store: Store, bids: Bids, urls: Urls, url: str, now_ms: int) -> None:
    keep_offer(store, urls, bids.offer(url), now_ms=now_ms)


_FETCH: dict[str, Callable[[Store, Bids, Urls, str, int], None]] = {
    "bidding": _fetch_bidding,
    "auction": _fetch_bidding_of,
    "bid": _fetch_bid,
    "history": _fetch_history,
    "offer": _fetch_offer,
}
