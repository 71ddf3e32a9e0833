"""The composition root of the live process. Exactly one gunicorn worker: the hub is in memory."""

from typing import Any

from bids_client import BidsClient, NotFound
from bus_client import BusClient, keep_subscribed
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
from service_kit.worker import Loops

from auction_app.live import config as settings
from auction_app.live.config import Config
from auction_app.live.follow import Biddings, follower, look, resyncer
from auction_app.live.hub import Channel, Hub, HubFull
from auction_app.live.stream import stream
from auction_app.live.stream_metrics import stream_metrics
from auction_app.live.topology import topology


def create_app(config: Config | None = None, **parts: Any) -> Flask:
    """The live app; `parts` (biddings, hub, clock) replaces what it would build."""
    if config is None:
        configure_logs("live")
        export_spans("live")
        config = settings.read()
    biddings: Biddings = parts.get("biddings") or BidsClient(
        config.bids_url, config.bids_token, total_s=5
    )
    hub: Hub = parts.get("hub") or Hub()
    app = Flask(__name__)
    install_trace(app)
    install_metrics(app, "live", lambda: stream_metrics(hub))
    install_storable(app)
    install_problems(app, {HubFull: _full})
    install_health(app, {})
    _install_stream(app, config, hub, biddings, parts.get("clock") or now_ms)
    drain = Drain(
        uuid=config.webhook_uuid,
        secrets=config.webhook_secret,
        listeners={"biddings": follower(hub, biddings), RESYNC: resyncer(hub, biddings)},
    )
    mount(app, "/events", drain)
    return app


def subscribing(config: Config) -> Loops:
    """The loop that keeps this process subscribed to what it follows."""
    body = keep_subscribed(BusClient(config.bus_url, config.bus_token), topology(config))
    return Loops({"subscribe": body})


def _install_stream(app: Flask, config: Config, hub: Hub, biddings: Biddings, clock: Clock) -> None:
    @app.get("/stream")
    def show() -> Response:
        auction_url = request.args.get("auction", "")
        _check_origin(config.allowed_origin, request.headers.get("Origin"))
        _check_auction(config.allowed_origin, auction_url)
        since = _version(request.headers.get("Last-Event-ID") or request.args.get("since"))
        channel = hub.join(auction_url)
        try:
            _check_seen(channel, look(hub, biddings, channel))
        except Exception:
            hub.leave(channel)
            raise
        response = Response(stream(channel, since, clock), mimetype="text/event-stream")
        response.call_on_close(lambda: hub.leave(channel))
        response.headers["Access-Control-Allow-Origin"] = config.allowed_origin
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold frames back
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _check_origin(allowed: str, origin: str | None) -> None:
    if origin not in {None, allowed}:
        raise Problem(403, "Streams are for pages of the auction house only")


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
