"""The stream of what is a reader's own: a device's sales, a customer's notices."""

from flask import Flask, Request, Response, request
from service_kit.clock import Clock
from service_kit.problems import Problem

from auction_app.live.announcements import Announcements
from auction_app.live.answers import check_origin, stream_answer
from auction_app.live.config import Config
from auction_app.live.own_stream import open_feed, own_stream
from auction_app.live.readers import Credential, Readers
from auction_app.live.web_app import WebApp
from auction_app.web.session_cookie import SESSION_COOKIE

OWN_STREAM = "/me/stream"
_LONGEST_CURSOR = 64
_LONGEST_TOKEN = 4096


def install_own_stream(
    app: Flask,
    config: Config,
    readers: Readers,
    web_app: WebApp,
    announcements: Announcements,
    clock: Clock,
) -> None:
    """Serve /me/stream."""

    @app.get(OWN_STREAM)
    def show_own() -> Response:
        check_origin(config, request)
        credential = _credential(request)
        after = request.headers.get("Last-Event-ID") or request.args.get("since")
        if after is not None and len(after) > _LONGEST_CURSOR:
            raise Problem(400, "This is no cursor of ours")
        reader = readers.join(credential)
        try:
            feed = open_feed(readers, web_app, reader, after)
            frames = own_stream(feed, announcements, clock)
        except Exception:
            readers.leave(reader)
            raise
        return stream_answer(frames, lambda: readers.leave(reader))


def _credential(asked: Request) -> Credential:
    """What the reader shows. Raises Problem 401 without anything, and for what is none."""
    token, session = asked.headers.get("Authorization"), asked.cookies.get(SESSION_COOKIE)
    if token is not None:
        found = Credential("Authorization", token)
    elif session is not None:
        found = Credential("Cookie", f"{SESSION_COOKIE}={session}")
    else:
        found = None
    if found is None or len(found.value) > _LONGEST_TOKEN or not found.value.isascii():
        challenge = {"WWW-Authenticate": 'Bearer realm="gavel"'}
        raise Problem(401, "The token of a device is needed, or a session", headers=challenge)
    return found
