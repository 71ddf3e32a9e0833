"""`python -m auction_app.worker`: publish, fetch what changed elsewhere, stay subscribed."""

from collections.abc import Callable, Mapping
from functools import partial

from bus_client import bus_elsewhere, keep_subscribed
from service_kit.config import nowhere, or_exit
from service_kit.errors import HttpFailure
from service_kit.http import HttpClient
from service_kit.jobs import Job
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.outbox import Outbox, Publish, Relay
from service_kit.outbox.watch import check_outbox, outbox_metrics
from service_kit.worker import Body, listening, run_loops

from auction_app.alerts.tell_seekers import tell_seekers
from auction_app.bidding.bids_health import check_bids
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.refresh_projection import Fetch, fetching, notice_gaps, refresh_projection
from auction_app.bootstrap import House, build, check_start
from auction_app.config import Config, read
from auction_app.db.store import Store
from auction_app.db.tables import outbox
from auction_app.moderation.carry_out import carry_out_decrees
from auction_app.orders.model import DAY_MS
from auction_app.orders.remind_buyers import remind_buyers
from auction_app.orders.settle_payment import settle_payment
from auction_app.payments.look_at_checkouts import forget_old_events, look_at_checkouts
from auction_app.search.index_search import index_search
from auction_app.second_chances.offers import keep_offer
from auction_app.selling.draft_photos import prepare_photos
from auction_app.selling.take_photo_apart import take_photo_apart
from auction_app.topology import topology
from auction_app.watchlist.remind_watchers import remind_watchers

_POLL_S = 0.5
_GAPS_S = 3.0
_WATCH_S = 3.0
_REMIND_S = 10.0
_SEEK_S = 3.0


def _settle_payment(store: Store, _gateway: Gateway, url: str) -> None:
    with store.begin() as act:
        settle_payment(act, url)


FETCHES: Mapping[str, Fetch] = {
    "offer": fetching(Gateway.offer, keep_offer),
    "payment": _settle_payment,
}
"""How entities of other features are fetched."""


def jobs(house: House, publish: Publish) -> dict[str, Job]:
    """What waits in the tables; each is woken by a channel of its own."""
    store = house.store
    relay = Relay(store.engine, outbox, publish)
    found = {
        "relay": Job("relay", relay.publish_waiting, away=HttpFailure),
        "refresh": Job("refresh", lambda: refresh_projection(store, house.gateway, FETCHES)),
        "photos": Job("photos", lambda: prepare_photos(store, house.files, take_photo_apart)),
    }
    if desk := house.desk:
        look = partial(look_at_checkouts, store, desk.provider, desk.sweep_ms)
        found["payments"] = Job("payments", look)
    return found


def timers(config: Config, house: House) -> dict[str, Body]:
    """What time brings, and what no request waits for; each returns the seconds until its next
    round."""
    probe = HttpClient(
        {config.bids_url: None}, connect_s=1, read_s=2, total_s=3, transport=house.transport
    )
    decrees = Job("decrees", lambda: carry_out_decrees(house.store, house.gateway))
    return {
        "decrees": listening(decrees, partial(house.decree_channel.wait, _POLL_S)),
        "gaps": lambda: _notice_gaps(house),
        "remind": lambda: _remind(house),
        "seek": lambda: _tell_seekers(house),
        "watch": lambda: _watch(house, lambda: probe.get(f"{config.bids_url}/readyz")),
    }


def loops(config: Config, house: House) -> dict[str, Body]:
    """The bodies of the process's loops. Raises ConfigError."""
    bus = bus_elsewhere("AUCTIONS_BUS_URL", config.bus_url, config.bus_token)
    channels = {
        "relay": house.store.outbox_channel,
        "refresh": house.refresh_channel,
        "photos": house.photo_channel,
        "payments": house.payment_channel,
    }
    listen = {
        name: listening(job, partial(channels[name].wait, _POLL_S))
        for name, job in jobs(house, bus.publish).items()
    }
    subscribe = {"subscribe": keep_subscribed(bus, topology(config))}
    return listen | timers(config, house) | subscribe


def main() -> None:
    """Run the loops until SIGTERM or SIGINT."""
    configure_logs("auctions_jobs")
    export_spans("auctions_jobs")
    config = or_exit(lambda: read(nowhere))
    house = or_exit(lambda: build(config))
    bodies = or_exit(lambda: loops(config, house))
    or_exit(lambda: check_start(config))
    waiting = Outbox(house.store.engine, outbox)
    run_loops(
        bodies,
        health_port=config.jobs_port,
        checks={"database": house.check, "outbox": lambda: check_outbox(waiting)},
        collect=lambda: outbox_metrics({"auctions": waiting}, house.clock()),
    )


def _notice_gaps(house: House) -> float:
    with house.begin() as act:
        notice_gaps(act)
    more = index_search(house.store)
    house.refresh_channel.notify()
    return 0.0 if more else _GAPS_S


def _remind(house: House) -> float:
    with house.begin() as act:
        more = remind_watchers(act)
        forget_old_events(act)
    with house.begin() as act:
        unpaid_after_ms = house.config.unpaid_after_days * DAY_MS
        more += remind_buyers(act, unpaid_after_ms=unpaid_after_ms)
    return 0.0 if more else _REMIND_S


def _tell_seekers(house: House) -> float:
    return 0.0 if tell_seekers(house.store) else _SEEK_S


def _watch(house: House, ask: Callable[[], object]) -> float:
    check_bids(house.store, ask)
    return _WATCH_S


if __name__ == "__main__":
    main()
