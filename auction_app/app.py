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
from auction_app.accounts import labels as accounts_labels
from auction_app.accounts import views as accounts_views
from auction_app.accounts.visitor import visitor
from auction_app.bidding import labels as bidding_labels
from auction_app.bidding import views as bidding_views
from auction_app.bidding.on_event import FOLLOWED, listener
from auction_app.bootstrap import build
from auction_app.config import Config
from auction_app.items import views as items_views
from auction_app.listings import labels as listings_labels
from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.moderation import labels as moderation_labels
from auction_app.moderation import views as moderation_views
from auction_app.notifications import labels as notifications_labels
from auction_app.notifications import views as notifications_views
from auction_app.notifications.views.preferences import take_one_click
from auction_app.orders import labels as orders_labels
from auction_app.orders import views as orders_views
from auction_app.parts import Parts
from auction_app.privacy import labels as privacy_labels
from auction_app.privacy import views as privacy_views
from auction_app.profiles import views as profiles_views
from auction_app.questions import views as questions_views
from auction_app.search import labels as search_labels
from auction_app.search import views as search_views
from auction_app.second_chances import views as second_chances_views
from auction_app.selling import labels as selling_labels
from auction_app.selling import views as selling_views
from auction_app.selling.views.photos import allow_uploads
from auction_app.watchlist import views as watchlist_views
from auction_app.web import static_pages
from auction_app.web.formats import install_formats
from auction_app.web.i18n import install_language
from auction_app.web.layout import install_layout
from auction_app.web.negotiation import describe_sessions
from auction_app.web.problems import respond, translations
from auction_app.web.security import install_security

_FORM_BYTES = 1024 * 1024
_FEATURES: tuple[Any, ...] = (
    accounts_views,
    bidding_views,
    items_views,
    moderation_views,
    notifications_views,
    orders_views,
    privacy_views,
    profiles_views,
    questions_views,
    search_views,
    second_chances_views,
    selling_views,
    watchlist_views,
    static_pages,
)
"""What each feature serves."""
_LABELS = (
    *accounts_labels.LABELS,
    *bidding_labels.LABELS,
    *listings_labels.LABELS,
    *moderation_labels.LABELS,
    *notifications_labels.LABELS,
    *orders_labels.LABELS,
    *privacy_labels.LABELS,
    *search_labels.LABELS,
    *selling_labels.LABELS,
)


def create_app(config: Config | None = None, **parts: Any) -> Flask:
    """The web app; `parts` replaces what `build` would build (tests bring fakes)."""
    if config is None:
        configure_logs("auctions")
        config = settings.read()
    built = build(config, **parts)
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
    install_language(app, lambda: visitor(built).customer)
    install_formats(app)
    app.jinja_env.globals.update({"photo_large": LARGE, "photo_thumbnail": THUMBNAIL})
    install_layout(app, built, visitor, _LABELS)
    _install_views(app, built)
    return app


def _install_views(app: Flask, parts: Parts) -> None:
    app.before_request(allow_uploads)
    csrf = CSRFProtect(app)
    api = Api(app, title="Gavel auctions")
    describe_sessions(api)
    for feature in _FEATURES:
        for negotiated in feature.API:
            api.register_blueprint(negotiated(parts))
        for plain in feature.PAGES:
            app.register_blueprint(plain(parts))
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
