"""The jobs process: publish the outbox, fetch what changed elsewhere, stay subscribed."""

from collections.abc import Callable

from bus_client import BusClient, keep_subscribed
from service_kit import database
from service_kit.config import or_exit
from service_kit.http import HttpClient
from service_kit.logs import configure_logs
from service_kit.outbox import Relay
from service_kit.worker import run_loops

from auction_app.bidding.bids_health import watch_bids
from auction_app.bidding.on_event import FOLLOWED
from auction_app.bidding.refresh_projection import notice_gaps, refresh_projection
from auction_app.bootstrap import build
from auction_app.config import Config, read
from auction_app.db.tables import outbox
from auction_app.parts import Parts
from auction_app.search.index_search import index_search
from auction_app.selling.draft_photos import prepare_photos
from auction_app.watchlist.remind_watchers import remind_watchers

_POLL_S = 1.0
_GAPS_S = 3.0
_WATCH_S = 3.0
_REMIND_S = 10.0


def loops(config: Config, parts: Parts) -> dict[str, Callable[[], float]]:
    """The bodies of the process's loops; each returns the seconds until its next round."""
    bus = BusClient(config.bus_url, config.bus_token)
    probe = HttpClient({config.bids_url: None}, connect_s=1, read_s=2, total_s=3)
    return {
        "relay": Relay(
            parts.store.engine, outbox, bus.publish, parts.store.outbox_channel
        ).run_once,
        "refresh": lambda: _refresh(parts),
        "photos": lambda: _prepare_photos(parts),
        "gaps": lambda: _notice_gaps(parts),
        "remind": lambda: _remind(parts),
        "watch": lambda: _watch(parts, lambda: probe.get(f"{config.bids_url}/readyz")),
        "subscribe": keep_subscribed(
            bus,
            topics=list(FOLLOWED),
            callback=parts.urls.absolute("/events"),
            uuid=config.webhook_uuid,
            secret=config.webhook_secret[0],
        ),
    }


def main() -> None:
    """Run the loops until SIGTERM or SIGINT."""
    config = or_exit(read)
    configure_logs("auctions_jobs")
    parts = build(config)
    run_loops(
        loops(config, parts),
        health_port=config.jobs_port or None,
        checks={"database": lambda: database.check_migrated("auction_app", parts.store.engine)},
    )


def _refresh(parts: Parts) -> float:
    parts.refresh_channel.wait(_POLL_S)
    while refresh_projection(parts.store, parts.bids, parts.urls, now_ms=parts.clock()):
        pass
    return 0.0


def _prepare_photos(parts: Parts) -> float:
    parts.photo_channel.wait(_POLL_S)
    while prepare_photos(parts.store, parts.files):
        pass
    return 0.0


def _notice_gaps(parts: Parts) -> float:
    notice_gaps(parts.store, parts.urls, now_ms=parts.clock())
    index_search(parts.store, now_ms=parts.clock())
    parts.refresh_channel.notify()
    return _GAPS_S


def _remind(parts: Parts) -> float:
    while remind_watchers(parts.store, parts.urls, now_ms=parts.clock()):
        pass
    return _REMIND_S


def _watch(parts: Parts, ask: Callable[[], object]) -> float:
    watch_bids(parts.store, ask, now_ms=parts.clock())
    return _WATCH_S


if __name__ == "__main__":
    main()
