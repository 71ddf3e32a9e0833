"""The composition root of the web app."""

from typing import Any

from bus_drain import Drain
from bus_drain.flask import mount
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from service_kit import database
from service_kit.access import install_access
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.openapi import Api
from service_kit.problems import install_problems
from service_kit.trace import install_trace

from auction_app import config as settings
from auction_app.config import Config
from auction_app.parts import Parts, build_parts
from auction_app.verbs.notice_changes import FOLLOWED, listener
from auction_app.views.account import account, credentials
from auction_app.views.accounts import accounts
from auction_app.views.bidding import bidding
from auction_app.views.chances import chance, chances
from auction_app.views.choices import install_choices
from auction_app.views.commanding import commanding
from auction_app.views.draft_photos import allow_uploads, draft_photos
from auction_app.views.editing import editing
from auction_app.views.finding import finding
from auction_app.views.formats import install_formats
from auction_app.views.home import home
from auction_app.views.items import fragments, items
from auction_app.views.language import install_language
from auction_app.views.leaving import leaving
from auction_app.views.mine import mine, own_bids
from auction_app.views.moderating import moderating, record
from auction_app.views.negotiate import describe_sessions
from auction_app.views.news import news, reading
from auction_app.views.ordering import ordering, orders
from auction_app.views.people import people
from auction_app.views.plain import plain_pages
from auction_app.views.preferences import preferences, take_one_click
from auction_app.views.problems import respond, translations
from auction_app.views.recovery import recovery
from auction_app.views.security import install_security
from auction_app.views.selling import selling
from auction_app.views.sessions import sessions
from auction_app.views.shell import install_shell
from auction_app.views.talking import reporting, talk, talking
from auction_app.views.visitor import install_visitor
from auction_app.views.watching import watching, watchlist

_FORM_BYTES = 1024 * 1024


def create_app(config: Config | None = None, **parts: Any) -> Flask:
    """The web app; `parts` replaces what `build_parts` would build (tests bring fakes)."""
    if config is None:
        configure_logs("auctions")
        config = settings.read()
    built = build_parts(config, **parts)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=_FORM_BYTES, WTF_CSRF_TIME_LIMIT=None
    )
    install_trace(app)
    install_access(app, config.tokens)
    install_security(app, built)
    install_problems(app, translations(), respond=respond)
    engine = built.store.engine
    install_health(app, {"database": lambda: database.check_migrated("auction_app", engine)})
    install_visitor(app, built)
    install_language(app)
    install_formats(app)
    install_choices(app)
    install_shell(app, built)
    _install_views(app, built)
    return app


def _install_views(app: Flask, parts: Parts) -> None:
    app.before_request(allow_uploads)
    csrf = CSRFProtect(app)
    api = Api(app, title="Gavel auctions")
    describe_sessions(api)
    for negotiated in (home, items, people, mine, finding, watchlist, orders, talk, news, chance):
        api.register_blueprint(negotiated(parts))
    for plain in (
        accounts,
        sessions,
        fragments,
        selling,
        draft_photos,
        bidding,
        own_bids,
        watching,
        commanding,
        editing,
        chances,
    ):
        app.register_blueprint(plain(parts))
    for own in (account, credentials, recovery, preferences, leaving, plain_pages):
        app.register_blueprint(own(parts))
    for other in (ordering, talking, reporting, reading, moderating, record):
        app.register_blueprint(other(parts))
    one_click = take_one_click(parts)
    app.register_blueprint(one_click)
    csrf.exempt(one_click)
    csrf.exempt(mount(app, "/events", _drain(parts)))


def _drain(parts: Parts) -> Drain:
    return Drain(
        uuid=parts.config.webhook_uuid,
        secrets=parts.config.webhook_secret,
        listeners={
            topic: listener(parts.store, kind, parts.clock, parts.refresh_channel.notify)
            for topic, kind in FOLLOWED.items()
        },
    )
