"""What is new in a search, a category or from a seller, as Atom (RFC 4287)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request
from service_kit.clock import utc
from service_kit.problems import Problem

from auction_app.accounts.repository import customers
from auction_app.errors import BadInput, NotFound
from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.labels import category_path
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.search.forms import visitors_query
from auction_app.search.repository.find import find
from auction_app.web.i18n import _
from auction_app.web.negotiation import vary_by_viewer

ENTRIES = 30


def pages(parts: Parts) -> Blueprint:
    """One feed for each list that grows."""
    views = Blueprint("feeds", __name__)

    @views.get("/feeds/search")
    def search() -> Response:
        title = _("Search: %(words)s", words=request.args.get("q", "")[:100])
        return _searched(parts, request.args, title, "/search")

    @views.get("/feeds/categories/<string:category>")
    def category(category: str) -> Response:
        if category not in EVERY_CATEGORY:
            raise NotFound("no such category")
        asked = request.args.to_dict() | {"category": category}
        return _searched(parts, asked, category_path(category), f"/categories/{category}")

    @views.get("/feeds/customers/<string:customer_id>")
    def seller(customer_id: str) -> Response:
        with parts.store.reading() as conn:
            who = customers.by_id(conn, customer_id)
            theirs = auctions.of_seller(conn, who.id, after=None, limit=ENTRIES, shown=True)
        return _feed(parts, theirs, who.name, f"/customers/{who.id}")

    return views


def _searched(parts: Parts, asked: Mapping[str, str], title: str, path: str) -> Response:
    try:
        query = replace(visitors_query(asked), sort="newest")
    except BadInput as error:
        raise Problem(400, "A price is not an amount", reason="bad_price") from error
    with parts.store.reading() as conn:
        found = find(conn, query, now_ms=parts.clock(), after=None, limit=ENTRIES)
    return _feed(parts, found.auctions, title, path)


def _feed(parts: Parts, found: Sequence[Auction], title: str, path: str) -> Response:
    query = request.query_string.decode()
    latest_ms = max((auction.created_at_ms for auction in found), default=0)
    answer = make_response(
        render_template(
            "search/feed.xml",
            title=title,
            here=parts.urls.absolute(request.full_path.rstrip("?")),
            page=parts.urls.absolute(path) + (f"?{query}" if query else ""),
            found=found,
            updated=_moment(latest_ms),
            moment=_moment,
            allowed=_allowed,
        )
    )
    answer.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return vary_by_viewer(answer)


def _moment(at_ms: int) -> str:
    return utc(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _allowed(text: str) -> str:
    """What may stand in XML (XML 1.0, 2.2)."""
    return "".join(c for c in text if c in "\t\n" or " " <= c not in "\ufffe\uffff")
