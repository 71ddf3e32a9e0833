"""Headers that keep browsers from doing what our pages never ask for."""

from collections.abc import Collection

from flask import Flask, Response, request
from service_kit.http import origin_of

from auction_app.parts import Parts
from auction_app.web.session_cookie import SESSION_COOKIE

_YEAR_S = 365 * 24 * 3600


def install_security(app: Flask, parts: Parts, *, pages_elsewhere: Collection[str] = ()) -> None:
    """The same headers on every answer. A form may lead to the origins `pages_elsewhere`: browsers
    hold what it is redirected to against the policy, too."""
    secure = is_secure(parts)
    live = origin_of(parts.config.live_url) if parts.config.live_url else ""
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",  # Pico draws its chevrons and ticks as data: images
            "manifest-src 'self'",
            f"connect-src 'self' {live}".rstrip(),
            " ".join(("form-action 'self'", *pages_elsewhere)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )
    app.config.update(
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=SESSION_S,
        # A session ends when it was to end at sign-in. Were the cookie sent with every answer, a
        # slow fragment would bring back the one from before a form, and what the form had to say.
        SESSION_REFRESH_EACH_REQUEST=False,
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers.setdefault("Cache-Control", _how_to_keep(response))
        return response


def _how_to_keep(response: Response) -> str:
    """What a session sees may hold maxima, addresses and orders: after it has ended nobody finds
    that by going back."""
    in_session = SESSION_COOKIE in request.cookies or "Set-Cookie" in response.headers
    return "no-store" if in_session else "private, no-cache"


def keep_cookie(
    parts: Parts, response: Response, name: str, value: str, *, max_age_s: int = _YEAR_S
) -> None:
    """Let a browser keep a cookie, for a year if nothing else is said; its scripts can't read
    it."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        samesite="Lax",
        httponly=True,
        secure=is_secure(parts),
    )


def is_secure(parts: Parts) -> bool:
    """Whether the house is reached by https."""
    return parts.config.public_url.startswith("https://")


SESSION_S = 14 * 24 * 3600
