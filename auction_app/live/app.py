"""The composition root of the live process. Exactly one gunicorn worker: the hub is in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bids_client import BidsClient, NotFound
from bus_client import BusClient
from bus_drain import RESYNC, Drain
from bus_drain.flask import mount
from flask import Flask, Response, request
from service_kit.clock import Clock, now_ms
from service_kit.health import install_health
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.problems import Problem, install_problems
from service_kit.scrape import install_metrics
from service_kit.storable import install_storable
from service_kit.trace import install_trace
from service_kit.url import are_entity_urls
from service_kit.worker import Loops, WebProcess

from auction_app.live import config as settings
from auction_app.live.announcements import Announcements
from auction_app.live.answers import allow_pages, check_origin, stream_answer
from auction_app.live.config import Config
from auction_app.live.follow import Biddings, announcer, follower, look, notifier, resyncer
from auction_app.live.hub import Channel, Hub, HubFull
from auction_app.live.own_view import OWN_STREAM, install_own_stream
from auction_app.live.readers import Readers, TooManyOfOne
from auction_app.live.stream import stream
from auction_app.live.stream_metrics import stream_metrics
from auction_app.live.subscribe import HostSubscription
from auction_app.live.topology import topology
from auction_app.live.web_app import HttpWebApp, WebApp


def create_app(config: Config, **parts: Any) -> Flask:
    """The live app; `parts` (biddings, web_app, hub, readers, clock) replaces what it would
    build."""
    return build(config, **parts).app


def web_process() -> WebProcess:
    """For gunicorn: the app, and the loop that keeps this host subscribed."""
    configure_logs("live")
    export_spans("live")
    config = settings.read()
    live = build(config)
    bus = BusClient(config.bus_url, config.bus_token)
    body = HostSubscription(bus, topology(config), live.look_again)
    return WebProcess(live.app, Loops({"subscribe": body}))


@dataclass(frozen=True, slots=True)
class Live:
    """The app, and what has it look at all that its streams show."""

    app: Flask
    look_again: Callable[[], None]


def build(config: Config, **parts: Any) -> Live:
    """As `create_app` says."""
    biddings: Biddings = parts.get("biddings") or BidsClient(
        config.bids_url, config.bids_token, total_s=5
    )
    web_app: WebApp = parts.get("web_app") or HttpWebApp(config.auctions_url)
    hub: Hub = parts.get("hub") or Hub()
    readers: Readers = parts.get("readers") or Readers()
    app = Flask(__name__)
    install_trace(app)
    install_metrics(app, "live", lambda: stream_metrics(hub, readers))
    install_storable(app)
    install_problems(app, {HubFull: _full, TooManyOfOne: _too_many})
    install_health(app, {})
    allow_pages(app, config, with_session=OWN_STREAM)
    clock: Clock = parts.get("clock") or now_ms
    announcements = Announcements(web_app, clock)
    _install_stream(app, config, hub, biddings, announcements, clock)
    install_own_stream(app, config, readers, web_app, announcements, clock)
    resync = resyncer(hub, biddings, readers, announcements)
    drain = Drain(
        uuid=config.webhook_uuid,
        secrets=config.webhook_secret,
        listeners={
            "biddings": follower(hub, biddings),
            "notices": notifier(readers),
            "announcements": announcer(announcements, hub, readers),
            RESYNC: resync,
        },
    )
    mount(app, "/events", drain)
    return Live(app, lambda: resync(()))


def _install_stream(
    app: Flask,
    config: Config,
    hub: Hub,
    biddings: Biddings,
    announcements: Announcements,
    clock: Clock,
) -> None:
    @app.get("/stream")
    def show() -> Response:
        auction_url = request.args.get("auction", "")
        check_origin(config, request)
        _check_auction(config.allowed_origin, auction_url)
        since = _version(request.headers.get("Last-Event-ID") or request.args.get("since"))
        channel = hub.join(auction_url)
        try:
            _check_seen(channel, look(hub, biddings, channel))
        except Exception:
            hub.leave(channel)
            raise
        frames = stream(channel, since, announcements, clock)
        return stream_answer(frames, lambda: hub.leave(channel))


def _check_auction(allowed: str, auction_url: str) -> None:
    if not (auction_url.startswith(f"{allowed}/") and are_entity_urls([auction_url])):
        raise Problem(400, "The parameter 'auction' must be the URL of an auction here")


def _check_seen(channel: Channel, refusal: Exception | None) -> None:
    """A stream opens on a state, be it the last known: without one nothing is known of the
    auction, not even which events concern it."""
    if refusal is None or channel.frame:
        return
    if isinstance(refusal, NotFound):
        raise Problem(404, "No such auction")
    raise Problem(503, "The auction's state can't be seen now", headers={"Retry-After": "5"})


def _version(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _full(_error: HubFull) -> Problem:
    return Problem(503, "Too many streams are open", headers={"Retry-After": "30"})


def _too_many(_error: TooManyOfOne) -> Problem:
    title = "Too many streams are open with this token or session"
    return Problem(429, title, headers={"Retry-After": "15"})
