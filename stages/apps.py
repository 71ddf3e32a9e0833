"""The apps that the house may hold, each by what all of them have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bus_drain import Listener
from service_kit.health import Check
from service_kit.jobs import Job
from service_kit.local import LocalTransport
from service_kit.metrics.exposition import Collect
from service_kit.notify import OpenChannel
from service_kit.outbox import Outbox, Publish
from service_kit.schema import check_start
from service_kit.worker import Body

import accounting_service.app
import accounting_service.bootstrap
import accounting_service.config
import accounting_service.metrics
import accounting_service.worker
import auction_app.app
import auction_app.bootstrap
import auction_app.config
import auction_app.db.tables
import auction_app.worker
import bids_service.app
import bids_service.bootstrap
import bids_service.config
import bids_service.storage.tables
import bids_service.worker
import mailer_service.app
import mailer_service.bootstrap
import mailer_service.config
import mailer_service.worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an app is built with: the way to the others, its channels, and what its /metrics tell
    of the process beside its own requests."""

    transport: LocalTransport
    open_channel: OpenChannel
    collect: Collect


@dataclass(frozen=True, kw_only=True)
class App:
    """`loops` is all that the app's own worker process would do, `jobs` and `timers` what of it
    doesn't need a bus across HTTP. `check` raises when the app hasn't its tables, `check_start`
    when it must not start. Who publishes has an `outbox`; `collect` makes what else is counted."""

    wsgi: "WSGIApplication"
    listeners: Mapping[str, Listener]
    jobs: Callable[[Publish], Mapping[str, Job]]
    timers: Mapping[str, Body]
    loops: Callable[[], Mapping[str, Body]]
    check: Check
    check_start: Check
    outbox: Outbox | None = None
    collect: Collect = tuple


def _auctions(config: auction_app.config.Config, here: Surroundings) -> App:
    house = auction_app.bootstrap.build(
        config, transport=here.transport, open_channel=here.open_channel
    )
    return App(
        wsgi=auction_app.app.create_app(config, house, collect=here.collect),
        listeners=auction_app.app.listeners(house),
        jobs=partial(auction_app.worker.jobs, house),
        timers=auction_app.worker.timers(config, house),
        loops=partial(auction_app.worker.loops, config, house),
        check=house.check,
        check_start=partial(auction_app.bootstrap.check_start, config),
        outbox=Outbox(house.store.engine, auction_app.db.tables.outbox),
    )


def _bids(config: bids_service.config.Config, here: Surroundings) -> App:
    parts = bids_service.bootstrap.build(
        config, transport=here.transport, open_channel=here.open_channel
    )
    return App(
        wsgi=bids_service.app.create_app(config, parts, here.collect),
        listeners=bids_service.app.listeners(parts),
        jobs=partial(bids_service.worker.jobs, parts),
        timers=bids_service.worker.timers(parts),
        loops=partial(bids_service.worker.loops, config, parts),
        check=parts.database.check,
        check_start=partial(check_start, "bids_service", config.database_url),
        outbox=Outbox(parts.database.engine, bids_service.storage.tables.outbox),
    )


def _mailer(config: mailer_service.config.Config, here: Surroundings) -> App:
    parts = mailer_service.bootstrap.build(
        config, transport=here.transport, open_channel=here.open_channel
    )
    return App(
        wsgi=mailer_service.app.create_app(config, parts, here.collect),
        listeners=mailer_service.app.listeners(parts),
        jobs=lambda _publish: mailer_service.worker.jobs(parts),
        timers={},
        loops=partial(mailer_service.worker.loops, config, parts),
        check=parts.checks["database"],
        check_start=partial(check_start, "mailer_service", config.database_url),
        collect=parts.collect,
    )


def _accounting(config: accounting_service.config.Config, here: Surroundings) -> App:
    parts = accounting_service.bootstrap.build(config, transport=here.transport)
    return App(
        wsgi=accounting_service.app.create_app(config, parts),
        listeners=accounting_service.app.listeners(parts),
        jobs=lambda _publish: accounting_service.worker.jobs(parts),
        timers={},
        loops=partial(accounting_service.worker.loops, config, parts),
        check=parts.check,
        check_start=partial(check_start, "accounting_service", config.database_url),
        collect=partial(accounting_service.metrics.books_metrics, parts),
    )


APPS: Mapping[str, Callable[[Any, Surroundings], App]] = {
    "accounting": _accounting,
    "auctions": _auctions,
    "bids": _bids,
    "mailer": _mailer,
}
"""How each is built of its settings, by the name that HOUSE_APPS gives it."""
