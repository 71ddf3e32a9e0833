"""The composition root of the web app."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from bus_drain import RESYNC, Drain, Listener
from bus_drain.flask import mount
from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from service_kit.access import install_access
from service_kit.config import nowhere
from service_kit.form_parts import refuse_nameless_parts
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.metrics.exposition import Collect
from service_kit.openapi import Api
from service_kit.openapi import Blueprint as Documented
from service_kit.otel import export_spans
from service_kit.problems import install_problems
from service_kit.scrape import install_metrics
from service_kit.security_txt import install_security_txt
from service_kit.storable import install_storable
from service_kit.style import add_static
from service_kit.trace import install_trace
from service_kit.trusted_proxies import trust_proxies

from auction_app import config as settings
from auction_app.accounts import labels as accounts_labels
from auction_app.accounts import views as accounts_views
from auction_app.accounts.visitor import install_terms, visitor
from auction_app.alerts import views as alerts_views
from auction_app.bidding import labels as bidding_labels
from auction_app.bidding import views as bidding_views
from auction_app.bidding.on_event import listener, resyncer
from auction_app.bootstrap import House, build
from auction_app.config import Config
from auction_app.devices import views as devices_views
from auction_app.factors.relying_party import relying_party
from auction_app.house_pages import views as house_pages_views
from auction_app.house_pages.terms import TermsOfUse
from auction_app.items import views as items_views
from auction_app.items.plot import price_plot
from auction_app.items.views import item as items_page
from auction_app.listings import labels as listings_labels
from auction_app.listings.linked_data import linked_data
from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.maintenance import views as maintenance_views
from auction_app.maintenance.in_templates import install_banner
from auction_app.moderation import labels as moderation_labels
from auction_app.moderation import views as moderation_views
from auction_app.moderation.views import maintenance as plan_maintenance_views
from auction_app.news import views as news_views
from auction_app.notifications import labels as notifications_labels
from auction_app.notifications import views as notifications_views
from auction_app.notifications.views.preferences import take_one_click
from auction_app.orders import labels as orders_labels
from auction_app.orders import views as orders_views
from auction_app.orders.settle_payment import unsettled_payments
from auction_app.page_cache.copies import Copies
from auction_app.page_cache.in_templates import install_page_cache
from auction_app.payments import labels as payments_labels
from auction_app.payments import views as payments_views
from auction_app.payouts import views as payouts_views
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
from auction_app.topology import followed_topics
from auction_app.watchlist import views as watchlist_views
from auction_app.web import crawlers, static_pages
from auction_app.web.compression import install_compression
from auction_app.web.formats import install_formats
from auction_app.web.i18n import install_language
from auction_app.web.known_sessions import install_known_sessions
from auction_app.web.layout import install_layout
from auction_app.web.negotiation import describe_sessions
from auction_app.web.problems import respond, translations
from auction_app.web.security import install_security

_FORM_BYTES = 1024 * 1024
_LABELS = (
    *accounts_labels.LABELS,
    *bidding_labels.LABELS,
    *listings_labels.LABELS,
    *moderation_labels.LABELS,
    *notifications_labels.LABELS,
    *orders_labels.LABELS,
    *payments_labels.LABELS,
    *privacy_labels.LABELS,
    *search_labels.LABELS,
    *selling_labels.LABELS,
)


def create_app(
    config: Config | None = None,
    house: House | None = None,
    *,
    collect: Collect = tuple,
    **parts: Any,
) -> Flask:
    """The web app of a `house` that is built; without one, `parts` replaces what `build` would
    build (tests bring fakes). `collect` makes what /metrics tells beside."""
    if config is None:
        configure_logs("auctions")
        export_spans("auctions")
        config = settings.read(nowhere)
    built = house or build(config, **parts)
    app = Flask(__name__, static_folder=None)
    add_static(app, Path(__file__).with_name("static"))
    app.config.update(
        SECRET_KEY=config.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(config.secret_keys[1:]),
        # Its forms' tokens too are signed with the last and read with any.
        WTF_CSRF_SECRET_KEY=list(config.secret_keys[::-1]),
        MAX_CONTENT_LENGTH=_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        # The token is enough: who keeps browsers from sending a Referer is no attacker.
        WTF_CSRF_SSL_STRICT=False,
    )
    install_known_sessions(app)
    trust_proxies(app, config.trusted_proxies)
    install_compression(app)
    install_trace(app)
    timings = install_metrics(app, "auctions", collect)
    install_storable(app)
    refuse_nameless_parts(app)
    install_access(app, config.tokens)
    install_security(app, built, pages_elsewhere=_pages_elsewhere(built))
    install_problems(app, translations(), respond=respond)
    install_health(app, {"database": built.check})
    install_security_txt(app, config.security_contact, config.public_url)
    install_language(app, lambda: visitor(built).customer)
    install_formats(app)
    app.jinja_env.globals.update(
        {
            "photo_large": LARGE,
            "photo_thumbnail": THUMBNAIL,
            "has_passkeys": relying_party(config.public_url) is not None,
            "pays_out": built.statements is not None,
            "takes_payments": built.desk is not None,
        }
    )
    app.add_template_filter(partial(linked_data, built.urls), "linked_data")
    app.add_template_filter(price_plot)
    install_page_cache(app, built)
    install_banner(app, built.board)
    install_layout(app, built, visitor, _LABELS)
    terms = TermsOfUse(built.store)
    install_terms(app, terms)
    _install_views(app, built, terms)
    app.wsgi_app = Copies(app, built, timings)  # type: ignore[method-assign]
    return app


def _install_views(app: Flask, house: House, terms: TermsOfUse) -> None:
    app.before_request(allow_uploads)
    csrf = CSRFProtect(app)
    api = Api(app, title="Gavel auctions", description="Auctions, customers and what they do.")
    api.describe(lambda: describe_sessions(api))
    for views in _views(house, terms):
        register = (
            api.register_blueprint if isinstance(views, Documented) else app.register_blueprint
        )
        register(views)
    one_click = take_one_click(house)
    app.register_blueprint(one_click)
    csrf.exempt(one_click)
    csrf.exempt(mount(app, "/events", _drain(house)))
    if house.desk is not None:
        told = payments_views.webhooks(house, house.desk.provider, house.payment_channel.notify)
        app.register_blueprint(told)
        csrf.exempt(told)


def _pages_elsewhere(house: House) -> tuple[str, ...]:
    return (house.desk.page_origin,) if house.desk is not None else ()


def _views(house: House, terms: TermsOfUse) -> Iterator[Blueprint]:
    item_page = items_page.again(house)
    yield from accounts_views.blueprints(house, house.passwords, terms)
    yield from alerts_views.blueprints(house)
    yield from bidding_views.blueprints(house, house.gateway, item_page)
    yield from devices_views.blueprints(house)
    yield from house_pages_views.blueprints(house)
    yield from items_views.blueprints(house, house.files)
    asks_provider = house.payment_channel if house.desk is not None else None
    yield from moderation_views.blueprints(house, house.decree_channel, asks_provider)
    yield from maintenance_views.blueprints(house, house.board)
    yield plan_maintenance_views.pages(house, house.board)
    yield from news_views.blueprints(house)
    yield from notifications_views.blueprints(house)
    yield from orders_views.blueprints(house, house.desk)
    if house.desk is not None:
        yield from payments_views.blueprints(house)
    if house.statements is not None:
        yield from payouts_views.blueprints(house, house.statements)
    yield from privacy_views.blueprints(house, house.gateway, house.passwords, house.files)
    yield from profiles_views.blueprints(house)
    yield from questions_views.blueprints(house, item_page)
    yield from search_views.blueprints(house)
    yield from second_chances_views.blueprints(house, house.gateway)
    yield from selling_views.blueprints(
        house, house.files, house.gateway.simulate, house.photo_channel
    )
    yield from watchlist_views.blueprints(house)
    yield from static_pages.blueprints(house)
    yield from crawlers.blueprints(house)


def listeners(house: House) -> Mapping[str, Listener]:
    """Who takes the events of which topic, in whatever way they come."""
    notify = house.refresh_channel.notify
    followed = followed_topics(house.config)
    follow = {topic: listener(house.store, kind, notify) for topic, kind in followed.items()}
    more = {"payment": unsettled_payments} if house.desk is not None else {}
    return follow | {RESYNC: resyncer(house.store, notify, more)}


def _drain(house: House) -> Drain:
    return Drain(
        uuid=house.config.webhook_uuid,
        secrets=house.config.webhook_secret,
        listeners=listeners(house),
    )
