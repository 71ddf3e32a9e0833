"""Fetch what changed elsewhere, and what ought to have changed but was never told."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

from auction_app.bidding.gateway import Gateway
from auction_app.bidding.projection import keep_bid, keep_bidding, note_retractions
from auction_app.bidding.repository import gaps, stale
from auction_app.bidding.repository.stale import StaleEntity
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import FetchFailed, NotFound, SpoiltRow

log = get_logger(__name__)

T = TypeVar("T")
BATCH = 100
GRACE_MS, MINUTE_MS, HOUR_MS = 2_000, 60_000, 3_600_000

Fetch = Callable[[Store, Gateway, str], None]
"""Fetches the entity at a URL and stores it. Raises NotFound, FetchFailed."""


def fetching(read: Callable[[Gateway, str], T], keep: Callable[[UnitOfWork, T], None]) -> Fetch:
    """Fetch what `read` reads at a URL, and store it by `keep`."""

    def fetch(store: Store, gateway: Gateway, url: str) -> None:
        told = read(gateway, url)
        with store.begin() as act:
            keep(act, told)

    return fetch


def refresh_projection(store: Store, gateway: Gateway, more: Mapping[str, Fetch]) -> int:
    """Fetch the entities that are due; returns how many were looked at. Blocks for bids_service.

    `more` says how other features fetch entities of their kinds. One that can't be fetched now is
    put off: 1 s doubling to 60 s, until it can be.
    """
    with store.reading() as conn:
        due = stale.due(conn, now_ms=store.clock(), limit=BATCH)
    for entity in due:
        _refresh(store, gateway, entity, {**_FETCH, **more}[entity.kind])
    return len(due)


def notice_gaps(act: UnitOfWork) -> None:
    """Note as stale what no event has told: auctions whose bidding nobody has told of in their
    first minute, those whose time is up but whose outcome is not known, biddings that count more
    bids than are here, that have started, and that were not looked at for long. Heals whatever
    went missing."""
    conn, now_ms = act.conn, act.now_ms
    overdue = gaps.overdue(conn, before_ms=now_ms - GRACE_MS, limit=BATCH)
    lacking = gaps.incomplete(conn, fetched_before_ms=now_ms - GRACE_MS, limit=BATCH)
    unheard = gaps.unheard_of(
        conn, after_ms=now_ms - HOUR_MS, before_ms=now_ms - MINUTE_MS, limit=BATCH
    )
    for auction_id in (*overdue, *unheard):
        stale.notice_unless_waiting(conn, "auction", act.urls.auction(auction_id), now_ms=now_ms)
    started = gaps.just_started(conn, now_ms=now_ms, limit=BATCH)
    unseen = gaps.long_unfetched(conn, now_ms=now_ms, limit=BATCH)
    for url in (*started, *unseen):
        stale.notice_unless_waiting(conn, "bidding", url, now_ms=now_ms)
    for url in lacking:
        stale.notice_unless_waiting(conn, "history", url, now_ms=now_ms)


def _refresh(store: Store, gateway: Gateway, entity: StaleEntity, fetch: Fetch) -> None:
    try:
        fetch(store, gateway, entity.url)
    except NotFound as error:
        if entity.kind == "auction":  # bids_service has not heard of it yet
            _put_off(store, entity, error)
            return
        log.warning("entity is gone", url=entity.url, kind=entity.kind, error=str(error))
    except (FetchFailed, SpoiltRow) as error:
        _put_off(store, entity, error)
        return
    with store.begin() as act:
        stale.settle(act.conn, entity)


def _put_off(store: Store, entity: StaleEntity, error: Exception) -> None:
    pause_s = backoff_s(entity.failures + 1, longest_s=60)
    log.info("fetch failed", url=entity.url, error=str(error), retry_in_s=round(pause_s, 1))
    with store.begin() as act:
        stale.put_off(act.conn, entity, until_ms=act.now_ms + round(pause_s * 1000))


def _fetch_history(store: Store, gateway: Gateway, url: str) -> None:
    bidding = gateway.bidding(url)
    with store.begin() as act:
        keep_bidding(act, bidding)
    still = gateway.bids(bidding)
    for bid in still:
        with store.begin() as act:
            keep_bid(act, bid)
    with store.begin() as act:
        note_retractions(act, bidding, [bid.url for bid in still])


_FETCH: Mapping[str, Fetch] = {
    "bidding": fetching(Gateway.bidding, keep_bidding),
    "auction": fetching(Gateway.bidding_of, keep_bidding),
    "bid": fetching(Gateway.bid, keep_bid),
    "history": _fetch_history,
}
