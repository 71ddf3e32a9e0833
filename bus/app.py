"""The bus as a WSGI app: `gunicorn "bus.app:create_app()"`."""

from flask import Flask
from service_kit.clock import Clock, now_ms
from service_kit.form_parts import refuse_nameless_parts
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.metrics.histogram import Histogram
from service_kit.openapi import Api
from service_kit.otel import export_spans
from service_kit.problems import install_problems
from service_kit.scrape import time_requests
from service_kit.security_txt import install_security_txt
from service_kit.storable import install_storable
from service_kit.trace import install_trace
from service_kit.trusted_proxies import trust_proxies

from bus.api.asyncapi import asyncapi_blueprint
from bus.api.attempts import attempts_blueprint
from bus.api.audit import audit_blueprint
from bus.api.diagnosis import diagnosis_blueprint
from bus.api.events import events_blueprint
from bus.api.failures import exceptions_blueprint
from bus.api.history import history_blueprint
from bus.api.monitoring import metrics_blueprint, pulse_blueprint
from bus.api.openapi import describe_deliveries, describe_publish
from bus.api.overview import overview_blueprint
from bus.api.problems import TRANSLATIONS
from bus.api.publish import publish_blueprint
from bus.api.pulls import pulls_blueprint
from bus.api.root import root_blueprint
from bus.api.routemaster import subscriptions_blueprint
from bus.api.seek import seek_blueprint
from bus.api.subscriptions import subscription_actions_blueprint, subscription_resources_blueprint
from bus.api.tokens import tokens_blueprint
from bus.api.topics import topics_blueprint
from bus.bootstrap import WORKERS_STATUS, Bus, build, config_or_exit
from bus.config import Config
from bus.console.views import console_blueprint
from bus.server import lingering_wsgi, under_path
from bus.storage import Logs


def create_app(
    config: Config | None = None, *, logs: Logs | None = None, clock: Clock = now_ms
) -> Flask:
    """The bus with its settings from the environment, or made of the given parts.

    Exits with one line per complaint when settings or database won't do.
    """
    app, _ = create_apps(config, logs=logs, clock=clock)
    app.wsgi_app = lingering_wsgi(app.wsgi_app)  # type: ignore[method-assign]
    return app


def create_apps(config: Config | None, *, logs: Logs | None, clock: Clock) -> tuple[Flask, Bus]:
    """The Flask app and what it is made of, for an entrance that needs both."""
    if config is None:
        configure_logs("bus")
        export_spans("bus")
        config = config_or_exit(WORKERS_STATUS)
    bus = build(config, logs=logs, clock=clock)
    app = Flask(__name__)
    install_trace(app)
    requests = time_requests(app, "bus")
    install_storable(app)
    refuse_nameless_parts(app)
    install_problems(app, TRANSLATIONS)
    install_health(app, {"database": bus.storage.check_ready})
    install_security_txt(app, config.security_contact, config.public_url)
    app.register_blueprint(publish_blueprint(bus))
    api = Api(
        app,
        title="The bus",
        description="Publish events, subscribe to them, and see what becomes of each delivery.",
        at=bus.path_prefix,
    )
    _register(api, bus, requests)
    api.describe(lambda: describe_publish(api, app))
    api.describe(lambda: describe_deliveries(api))
    app.register_blueprint(console_blueprint(bus, app.wsgi_app))
    trust_proxies(app, config.trusted_proxies)
    app.wsgi_app = under_path(app.wsgi_app, bus.path_prefix)  # type: ignore[method-assign]
    return app, bus


def _register(api: Api, bus: Bus, requests: Histogram) -> None:
    api.register_blueprint(topics_blueprint(bus))
    api.register_blueprint(asyncapi_blueprint(bus))
    api.register_blueprint(subscriptions_blueprint(bus))
    api.register_blueprint(root_blueprint(bus))
    api.register_blueprint(events_blueprint(bus))
    api.register_blueprint(pulls_blueprint(bus))
    api.register_blueprint(subscription_resources_blueprint(bus))
    api.register_blueprint(subscription_actions_blueprint(bus))
    api.register_blueprint(diagnosis_blueprint(bus))
    api.register_blueprint(seek_blueprint(bus))
    api.register_blueprint(exceptions_blueprint(bus))
    api.register_blueprint(attempts_blueprint(bus))
    api.register_blueprint(tokens_blueprint(bus))
    api.register_blueprint(pulse_blueprint(bus))
    api.register_blueprint(metrics_blueprint(bus, requests))
    api.register_blueprint(history_blueprint(bus))
    api.register_blueprint(audit_blueprint(bus))
    api.register_blueprint(overview_blueprint(bus))
