"""The mailer's web process: the drain of the bus, its health, and in development a preview."""

from collections.abc import Callable

from bus_drain import Drain
from bus_drain.flask import mount
from flask import Flask
from service_kit.clock import Clock, now_ms
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.problems import install_problems
from service_kit.trace import install_trace

from mailer_service.bootstrap import build
from mailer_service.config import Config, read
from mailer_service.pipeline.receive import Receiver
from mailer_service.views.preview import preview


def create_app(
    config: Config | None = None, *, notify: Callable[[], None] | None = None, clock: Clock = now_ms
) -> Flask:
    """The WSGI app. Raises ConfigError when settings are missing or bad."""
    configure_logs("mailer")
    config = config or read()
    parts = build(config, notify=notify, clock=clock)
    app = Flask(__name__, static_folder=None)
    install_trace(app)
    install_problems(app)
    install_health(app, parts.checks)
    mount(app, "/events", _drain(config, parts.receive))
    if config.preview:
        app.register_blueprint(preview(config.sender), url_prefix="/preview")
    return app


def _drain(config: Config, receive: Receiver) -> Drain:
    return Drain(
        uuid=config.webhook_uuid,
        secrets=[config.webhook_secret],
        listeners={"*": receive},
    )
