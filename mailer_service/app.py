"""The mailer's web process: the drain of the bus, its health, and in development a preview."""

from collections.abc import Callable
from typing import Any

from bus_drain import Drain
from bus_drain.flask import mount
from flask import Flask
from service_kit.clock import Clock, now_ms
from service_kit.database import check_migrated, connect
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.problems import install_problems
from service_kit.trace import install_trace

from mailer_service.config import Config, read
from mailer_service.notifier import Notifier
from mailer_service.receive import Reception
from mailer_service.storage.inbox import Inbox
from mailer_service.views.preview import preview


def create_app(
    config: Config | None = None, *, notify: Callable[[], None] | None = None, clock: Clock = now_ms
) -> Flask:
    """The WSGI app. Raises ConfigError when settings are missing or bad."""
    configure_logs("mailer")
    config = config or read()
    engine = connect(config.database_url)
    app = Flask(__name__, static_folder=None)
    install_trace(app)
    install_problems(app)
    install_health(app, {"database": lambda: check_migrated("mailer_service", engine)})
    notify = notify or Notifier(config.database_url).notify_worker
    mount(app, "/events", _drain(config, Reception(Inbox(engine), notify, clock)))
    if config.preview:
        app.register_blueprint(preview(config.sender), url_prefix="/preview")
    return app


def _drain(config: Config, reception: Any) -> Drain:
    return Drain(
        uuid=config.webhook_uuid,
        secrets=[config.webhook_secret],
        listeners={"*": reception},
    )
