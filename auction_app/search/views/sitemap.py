"""All that runs, for search engines (sitemaps.org)."""

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, render_template

from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.parts import Parts
from auction_app.search.repository import sitemap
from auction_app.web.house_pages import HOUSE_PAGES

_PART = 10_000
"""A fifth of what a sitemap may hold."""


def pages(parts: Parts) -> Blueprint:
    """An index, and its parts."""
    views = Blueprint("sitemap", __name__)

    @views.get("/sitemap.xml")
    def index() -> Response:
        with parts.store.reading() as conn:
            firsts = sitemap.firsts(conn, now_ms=parts.clock(), size=_PART)
        paths = ["/sitemaps/pages", *(f"/sitemaps/{first}" for first in firsts)]
        return _listed(parts, paths, "sitemapindex", "sitemap")

    @views.get("/sitemaps/pages")
    def ours() -> Response:
        house = (f"/{name}" for name in HOUSE_PAGES)
        paths = ["/", "/search", "/rules", *house, *(f"/categories/{it}" for it in EVERY_CATEGORY)]
        return _listed(parts, paths, "urlset", "url")

    @views.get("/sitemaps/<int:first>")
    def some(first: int) -> Response:
        with parts.store.reading() as conn:
            ids = sitemap.part(conn, min(first, _LAST), now_ms=parts.clock(), size=_PART)
        return _listed(parts, [f"/auctions/{id}" for id in ids], "urlset", "url")

    return views


_LAST = 2**63 - 1


def _listed(parts: Parts, paths: Iterable[str], whole: str, each: str) -> Response:
    urls = [parts.urls.absolute(path) for path in paths]
    answer = make_response(render_template("search/sitemap.xml", urls=urls, whole=whole, each=each))
    answer.headers["Content-Type"] = "application/xml; charset=utf-8"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
