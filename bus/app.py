"""The bus as a WSGI app: publish, subscribe, look."""

from typing import Any

from flask import Flask
from service_kit.clock import Clock, now_ms
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.openapi import Api
from service_kit.problems import install_problems
from service_kit.trace import install_trace

from bus.access import Access
from bus.api.parts import Parts, install_parts
from bus.api.problems import TRANSLATIONS
from bus.api.publish import publishing
from bus.api.pulse import pulse
from bus.api.subscriptions import subscriptions
from bus.api.tokens import tokens
from bus.api.topics import topics
from bus.config import Config
from bus.opening import open_bus
from bus.publish.check import Limits
from bus.publish.committer import Committer
from bus.publish.publisher import Publisher
from bus.storage import Storage


def create_app(config: Config | None = None, *, now_ms: Clock = now_ms) -> Flask:
    """The bus with its settings from the environment, or with the given ones.

    Exits with one line per complaint when settings or database won't do.
    """
    configure_logs("bus")
    config, storage = open_bus(now_ms, config)
    app = Flask("bus")
    install_parts(app, _parts(config, storage, now_ms))
    install_trace(app)
    install_problems(app, TRANSLATIONS)
    install_health(app, {"database": storage.check_alive})
    app.register_blueprint(publishing)
    _document(Api(app, title="The bus"), [topics, subscriptions, tokens, pulse])
    return app


def _parts(config: Config, storage: Storage, now_ms: Clock) -> Parts:
    limits = Limits(frozenset(config.trusted_hosts), config.max_data_bytes)
    return Parts(
        storage=storage,
        access=Access(config.root_key, storage.clients.find),
        publisher=Publisher(Committer(storage.log.append), limits, now_ms),
        trusted_hosts=config.trusted_hosts,
        now_ms=now_ms,
    )


def _document(api: Any, blueprints: list[Any]) -> None:
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
