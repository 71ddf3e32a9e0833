"""Know whether bids_service answers, so that pages can say so without asking it."""

from collections.abc import Callable

from service_kit.errors import HttpFailure
from service_kit.logs import get_logger

from auction_app.bidding.repository import outages
from auction_app.db.store import Store

log = get_logger(__name__)


def check_bids(store: Store, ask: Callable[[], object]) -> None:
    """Ask bids_service whether it can work and note a change. `ask` raises HttpFailure if not;
    blocks as long as it does. May be repeated."""
    try:
        ask()
    except HttpFailure as error:
        note_silence(store, error)
    else:
        note_answer(store)


def note_silence(store: Store, error: HttpFailure) -> None:
    """bids_service gave no usable answer just now."""
    if bids_silent_since(store) is None:
        log.warning("bids does not answer", error=str(error))
        with store.begin() as act:
            outages.begin(act.conn, outages.BIDS, now_ms=act.now_ms)


def note_answer(store: Store) -> None:
    """bids_service answered just now."""
    if bids_silent_since(store) is not None:
        log.info("bids answers again")
        with store.begin() as act:
            outages.end(act.conn, outages.BIDS)


def bids_silent_since(store: Store) -> int | None:
    """When (ms) bids_service stopped answering; None while it answers."""
    with store.reading() as conn:
        return outages.since(conn, outages.BIDS)
