"""The web process: `gunicorn "bids_service.app:create_app()"`."""

from collections.abc import Mapping

import bus_drain.flask
from bus_drain import RESYNC, Listener
from bus_drain.drain import Drain
from flask import Flask
from service_kit.access import install_access
from service_kit.config import nowhere, or_exit
from service_kit.entrance.asynchronous import EXTENSION as ASYNCHRONOUS
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.metrics.exposition import Collect
from service_kit.openapi import Api
from service_kit.otel import export_spans
from service_kit.problems import install_problems
from service_kit.scrape import install_metrics
from service_kit.storable import install_storable
from service_kit.trace import install_trace

from bids_service.api.bidding_commands import bidding_commands_blueprint
from bids_service.api.biddings import biddings_blueprint
from bids_service.api.bids import bids_blueprint
from bids_service.api.events import on_auctions, on_resync
from bids_service.api.fast_bids import FastBids
from bids_service.api.house_commands import house_commands_blueprint
from bids_service.api.offers import offers_blueprint
from bids_service.api.outcomes import outcomes_blueprint
from bids_service.api.problems import PROBLEMS
from bids_service.api.root import root_blueprint
from bids_service.api.shown_prices import shown_prices_blueprint
from bids_service.api.simulations import simulations_blueprint
from bids_service.bootstrap import Parts, build
from bids_service.config import Config, read


def create_app(
    config: Config | None = None, parts: Parts | None = None, collect: Collect = tuple
) -> Flask:
    """Build the service; without a config from the environment, ending the process if it is bad.

    Tests bring `parts` with a clock and an auction app of their own. `collect` makes what /metrics
    tells beside.
    """
    if config is None:
        config = or_exit(lambda: read(nowhere))
        configure_logs("bids")
        export_spans("bids")
    parts = parts or build(config)
    app = Flask(__name__)
    install_problems(app, PROBLEMS)
    install_trace(app)
    timings = install_metrics(app, "bids", collect)
    install_storable(app)
    install_access(app, config.tokens)
    install_health(app, {"database": parts.database.check})
    _register(Api(app, title="Gavel bids", description="Biddings, bids and their record."), parts)
    bus_drain.flask.mount(app, "/events", _drain(config, parts))
    fast_bids = FastBids(app.wsgi_app, parts.handler, config.tokens, timings)
    app.extensions[ASYNCHRONOUS] = fast_bids
    app.wsgi_app = fast_bids  # type: ignore[method-assign]
    return app


def _register(api: Api, parts: Parts) -> None:
    handler, queries = parts.handler, parts.queries
    urls, clock = parts.books.urls, parts.books.clock
    api.register_blueprint(root_blueprint(urls))
    api.register_blueprint(biddings_blueprint(queries, urls, clock))
    api.register_blueprint(shown_prices_blueprint(queries, urls))
    api.register_blueprint(bidding_commands_blueprint(handler, queries))
    api.register_blueprint(house_commands_blueprint(handler, queries))
    api.register_blueprint(bids_blueprint(handler, queries, urls, clock))
    api.register_blueprint(offers_blueprint(handler, queries, urls, clock))
    api.register_blueprint(outcomes_blueprint(queries, urls))
    api.register_blueprint(simulations_blueprint(urls))


def listeners(parts: Parts) -> Mapping[str, Listener]:
    """Who takes the events of which topic, in whatever way they come."""
    announced, importing, clock = parts.announced, parts.importing, parts.books.clock
    return {
        "auctions": on_auctions(announced, importing, clock),
        RESYNC: on_resync(announced, parts.auctions.list_url, importing, clock),
    }


def _drain(config: Config, parts: Parts) -> Drain:
    return Drain(
        uuid=config.webhook_uuid,
        secrets=[config.webhook_secret],
        listeners=listeners(parts),
    )
