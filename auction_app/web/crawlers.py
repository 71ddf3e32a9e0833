"""What machines ask a site for: where they may go, what it is called, and its mark."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, current_app, make_response, url_for

from auction_app.parts import Parts
from auction_app.web.i18n import _

_DAY = "public, max-age=86400"
_NOTHING_TO_FIND = ("/language", "/unsubscribe/")
"""Pages for the one person who follows a link. What asks to sign in needs no line: it answers 401,
which no crawler keeps, and a member's own tools may look at it."""


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    views = Blueprint("crawlers", __name__)

    @views.get("/robots.txt")
    def robots() -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOTHING_TO_FIND)]
        lines += ["Disallow: /*?after=", "", f"Sitemap: {parts.urls.absolute('/sitemap.xml')}", ""]
        return _kept(make_response("\n".join(lines)), "text/plain; charset=utf-8")

    @views.get("/manifest.webmanifest")
    def manifest() -> Response:
        return _kept(make_response(_manifest()), "application/manifest+json")

    @views.get("/favicon.ico")
    def favicon() -> Response:
        static: Callable[..., Any] = current_app.view_functions["static"]
        return _kept(static(filename="favicon.ico"), "image/x-icon")

    yield views


def _manifest() -> dict[str, Any]:
    icons = [
        {
            "src": url_for("static", filename=f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    return {
        "name": _("Gavel, an auction house"),
        "short_name": "Gavel",
        "start_url": url_for("home.show"),
        "display": "standalone",
        "background_color": "#faf9f6",
        "theme_color": "#0f5d56",
        "icons": icons,
    }


def _kept(answer: Response, kind: str) -> Response:
    answer.headers["Content-Type"] = kind
    answer.headers["Cache-Control"] = _DAY
    return answer
