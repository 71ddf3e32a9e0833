"""How a stream is answered, and to whom."""

from collections.abc import Callable, Iterator

from flask import Request, Response
from service_kit.problems import Problem

from auction_app.live.config import Config


def check_origin(config: Config, request: Request) -> None:
    """Raises Problem 403 for the pages of others; programs name no origin."""
    if request.headers.get("Origin") not in {None, config.allowed_origin}:
        raise Problem(403, "Streams are for pages of the auction house only")


def stream_answer(
    config: Config, frames: Iterator[bytes], leave: Callable[[], None], *, with_session: bool
) -> Response:
    """A stream of server-sent events; `leave` is called when it is over. Only one that is read
    `with_session` may be opened by a page with its cookie."""
    response = Response(frames, mimetype="text/event-stream")
    response.call_on_close(leave)
    response.headers["Access-Control-Allow-Origin"] = config.allowed_origin
    if with_session:
        response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold frames back
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
