"""How a stream is answered, and to whom."""

from collections.abc import Callable, Iterator

from flask import Flask, Request, Response, request
from service_kit.problems import Problem

from auction_app.live.config import Config


def check_origin(config: Config, request: Request) -> None:
    """Raises Problem 403 for the pages of others; programs name no origin."""
    if request.headers.get("Origin") not in {None, config.allowed_origin}:
        raise Problem(403, "Streams are for pages of the auction house only")


def allow_pages(app: Flask, config: Config, *, with_session: str) -> None:
    """Let the house's pages read all answers, of why they are refused too: a browser calls one
    that it may not show a broken network. With their cookie they read that of one path alone."""

    @app.after_request
    def allow(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = config.allowed_origin
        if request.path == with_session:
            response.headers["Access-Control-Allow-Credentials"] = "true"
        response.vary.add("Origin")
        return response


def stream_answer(frames: Iterator[bytes], leave: Callable[[], None]) -> Response:
    """A stream of server-sent events; `leave` is called when it is over."""
    response = Response(frames, mimetype="text/event-stream")
    response.call_on_close(leave)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold frames back
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
