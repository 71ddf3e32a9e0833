"""The mailer's web process: the drain of the bus, its health, and in development a preview."""

from collections.abc import Mapping

from bus_drain import RESYNC, Drain, Listener
from bus_drain.flask import mount
from flask import Flask
from service_kit.config import nowhere
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.metrics.exposition import Collect
from service_kit.otel import export_spans
from service_kit.problems import install_problems
from service_kit.scrape import install_metrics
from service_kit.storable import install_storable
from service_kit.trace import install_trace

from mailer_service.bootstrap import Parts, build
from mailer_service.config import Config, read
from mailer_service.views.preview import preview


def create_app(
    config: Config | None = None, parts: Parts | None = None, collect: Collect = tuple
) -> Flask:
    """The WSGI app, of `parts` that are built if given. Raises ConfigError when settings are
    missing or bad. `collect` makes what /metrics tells beside."""
    if config is None:
        configure_logs("mailer")
        export_spans("mailer")
        config = read(nowhere)
    parts = parts or build(config)
    app = Flask(__name__, static_folder=None)
    install_trace(app)
    install_metrics(app, "mailer", collect)
    install_storable(app)
    install_problems(app)
    install_health(app, parts.checks)
    mount(app, "/events", _drain(config, parts))
    if config.preview:
        app.register_blueprint(preview(config.sender), url_prefix="/preview")
    return app


def listeners(parts: Parts) -> Mapping[str, Listener]:
    """Who takes the events of which topic, in whatever way they come."""
    told = {"bus": parts.receive_reports} if parts.receive_reports else {}
    return {"*": parts.receive, RESYNC: parts.receive.catch_up, **told}


def _drain(config: Config, parts: Parts) -> Drain:
    return Drain(
        uuid=config.webhook_uuid,
        secrets=[config.webhook_secret],
        listeners=listeners(parts),
    )
