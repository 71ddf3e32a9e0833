"""The cookie that holds a browser's session: its signature is checked once."""

from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature
from service_kit.clock import now_ms, utc

_MOST = 10_000


class KnownSessions(SecureCookieSessionInterface):
    """Flask's own, but that a cookie is known when it comes again: a browser sends the same with
    each request, and to check it costs as much as to find its customer."""

    def __init__(self, app: Flask) -> None:
        signed_by = self.get_signing_serializer(app)
        assert signed_by is not None, "there is a SECRET_KEY"

        @lru_cache(maxsize=_MOST)
        def read(cookie: str) -> tuple[Any, datetime]:
            held, signed_at = signed_by.loads(cookie, return_timestamp=True)
            return held, signed_at

        self._read = read

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie holds; nothing if it is none of ours, or too old."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        try:
            held, signed_at = self._read(cookie)
        except BadSignature:
            return self.session_class()
        if utc(now_ms()) - signed_at > app.permanent_session_lifetime:
            return self.session_class()
        return self.session_class(deepcopy(held))  # what a request puts there is its own


def install_known_sessions(app: Flask) -> None:
    """Read sessions so."""
    app.session_interface = KnownSessions(app)
