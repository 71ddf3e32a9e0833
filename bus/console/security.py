"""What keeps the console its own: headers, the session's cookie, forms of our pages only."""

import hmac

from flask import Response, request
from service_kit.problems import Problem
from service_kit.tokens import new_token

from bus.console.sessions import LASTS_MS, csrf_token

COOKIE = "gavel_console"
PATH = "/console"
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Pico draws its chevrons and ticks as data: images
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def add_headers(response: Response) -> Response:
    """The same headers on every answer of the console."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint == "console.static":
        response.headers["Cache-Control"] = "private, max-age=300"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(("Accept", "Cookie", "Authorization"))
    return response


def keep_cookie(response: Response, value: str) -> None:
    """Let the browser keep a session, which its scripts can't read and other sites can't send."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=LASTS_MS // 1000,
        path=f"{request.script_root}{PATH}",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(COOKIE, path=f"{request.script_root}{PATH}")


def session_cookie() -> str | None:
    """What the browser holds, if it holds anything that we could have given it."""
    return request.cookies.get(COOKIE) or None


def new_visit() -> str:
    """A cookie for who has none yet: the sign-in form must come from a page of ours too."""
    return new_token()


def check_form() -> None:
    """Raises Problem 403 unless the form was sent by a page that this browser got from us."""
    cookie = session_cookie()
    shown = request.form.get("csrf_token", "")
    is_ours = cookie is not None and hmac.compare_digest(
        shown.encode(), csrf_token(cookie).encode()
    )
    if not is_ours or _is_from_elsewhere():
        raise Problem(
            403,
            "This form is no longer good",
            detail="It was not sent from a page of this console, or you have signed in or out"
            " since. Nothing was done. Go back, reload the page, and send it again.",
        )


def _is_from_elsewhere() -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    # Not parsed: what is no address is another site's too.
    is_other = origin is not None and origin != "null" and _host(origin) != request.host
    return site not in {"same-origin", "none"} or is_other


def _host(origin: str) -> str:
    return origin.partition("://")[2]
