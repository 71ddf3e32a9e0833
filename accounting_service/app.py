"""Accounting's web app: the drain of the bus, the books by HAL and CSV, and its health."""

from collections.abc import Mapping
from functools import partial

import bus_drain
from bus_drain import RESYNC, Listener
from bus_drain.flask import mount
from flask import Flask
from service_kit.access import install_access
from service_kit.health import Check, install_health
from service_kit.openapi import Api
from service_kit.problems import install_problems
from service_kit.scrape import install_metrics
from service_kit.storable import install_storable
from service_kit.trace import install_trace

from accounting_service.api.books import books_blueprint
from accounting_service.api.statements import statements_blueprint
from accounting_service.bootstrap import Parts
from accounting_service.config import Config
from accounting_service.metrics import books_metrics


def create_app(config: Config, parts: Parts, *, checks: Mapping[str, Check] | None = None) -> Flask:
    """The WSGI app of `parts`; `checks` beside that of its tables."""
    app = Flask(__name__, static_folder=None)
    install_problems(app)
    install_trace(app)
    install_metrics(app, "accounting", partial(books_metrics, parts))
    install_storable(app)
    install_access(app, config.callers)
    install_health(app, {"database": parts.check} | dict(checks or {}))
    api = Api(app, title="Gavel accounting", description="The books of what buyers paid.")
    api.register_blueprint(books_blueprint(parts.books, parts.dead_letters, config.public_url))
    api.register_blueprint(statements_blueprint(parts.books, config.public_url))
    mount(app, "/events", _drain(config, parts))
    return app


def listeners(parts: Parts) -> Mapping[str, Listener]:
    """Who takes the events of which topic where there is no bus between (docs/decisions/0031)."""
    return {"payments": parts.receiver.mark, RESYNC: parts.receiver.catch_up}


def _drain(config: Config, parts: Parts) -> bus_drain.Mapping:
    return bus_drain.Mapping(
        uuid=config.webhook_uuid,
        secrets=[config.webhook_secret],
        state=parts.state,
        listeners={"payments": parts.receiver.wake},
        siphon={RESYNC: parts.receiver.catch_up},
    )
