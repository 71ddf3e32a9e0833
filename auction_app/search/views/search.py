"""Search, and the same by category."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from service_kit.bulkhead import Bulkhead
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from auction_app.errors import BadInput, NotFound
from auction_app.listings.categories import CATEGORIES, EVERY_CATEGORY, TREE, within
from auction_app.listings.hal import HomeSchema
from auction_app.listings.labels import category_path
from auction_app.listings.terms import CONDITIONS, CURRENCIES
from auction_app.parts import Parts
from auction_app.search import hal as represent
from auction_app.search.forms import visitors_query
from auction_app.search.look_up import Found, look_up
from auction_app.search.query import ENDING_WITHIN_H, FORMATS, SORTS, SearchQuery
from auction_app.search.repository.find import NOTHING as NOTHING_FOUND
from auction_app.search.repository.tally import NOTHING as NOTHING_COUNTED
from auction_app.search.ways_on import typed, ways_on
from auction_app.web.i18n import _
from auction_app.web.negotiation import amount, choice, hal, negotiated, page, text, wants_hal
from auction_app.web.paging import as_text, cursor_from

PAGE = 24
_LONGEST_TITLE = 100
_FILTERS = (
    text("q"),
    choice("condition", CONDITIONS),
    choice("format", FORMATS),
    choice("currency", CURRENCIES),
    amount("price_from"),
    amount("price_to"),
    choice("within", tuple(map(str, ENDING_WITHIN_H))),
    choice("sort", SORTS),
)


_FEEDS = {"search.search": "feeds.search", "search.category": "feeds.category"}


def api(parts: Parts) -> Blueprint:
    """The pages that find things."""
    views = Blueprint("search", __name__)

    search_filters = (*_FILTERS, choice("category", EVERY_CATEGORY))

    @negotiated(views, "/search", HomeSchema, paged=True, parameters=search_filters)
    def search() -> Response:
        """Running auctions that match all of the words and choices."""
        return _found(parts, request.args, category=None)

    @negotiated(
        views,
        "/categories/<string:category>",
        HomeSchema,
        paged=True,
        parameters=_FILTERS,
    )
    def category(category: str) -> Response:
        """The running auctions of a category."""
        if category not in EVERY_CATEGORY:
            raise NotFound("no such category")
        return _found(parts, request.args.to_dict() | {"category": category}, category=category)

    return views


@Bulkhead(at_once=6, waiting=10)
def _found(parts: Parts, arguments: Mapping[str, str], *, category: str | None) -> Response:
    now_ms, after = parts.clock(), cursor_from(request.args)
    errors: dict[str, str] = {}
    query, ways = SearchQuery(), []
    try:
        query = visitors_query(arguments)
        with parts.store.reading() as conn:
            found = look_up(conn, query, now_ms=now_ms, after=after, limit=PAGE)
            if not found.tally.total:
                ways = ways_on(conn, query, arguments, now_ms=now_ms)
    except BadInput as error:
        if wants_hal():
            raise Problem(400, "A price is not an amount", reason="bad_price") from error
        errors, found = error.fields, Found(query, NOTHING_FOUND, NOTHING_COUNTED)
    more = as_text(found.page.more)
    if wants_hal():
        return hal(represent.found(parts.urls, request.path, _kept(), found, more, now_ms=now_ms))
    return page(
        "search/search.html",
        422 if errors else 200,
        query=query,
        typed=arguments,
        errors=errors,
        found=found.page.auctions,
        tally=found.tally,
        meant=typed(found.query.words, found.query.without) if found.respelt else None,
        ways=ways,
        more=more,
        feed=url_for(_FEEDS[request.endpoint or ""], **dict(request.view_args or {}, **_kept())),
        kept=_kept(),
        category=category,
        below=within(category)[1:] if category else (),
        title=_title(arguments, category),
        now_ms=now_ms,
        **_choices(),
    )


def _title(arguments: Mapping[str, str], category: str | None) -> str:
    if category:
        return category_path(category)
    words = arguments.get("q", "").strip()[:_LONGEST_TITLE]
    return _("%(words)s: search results", words=words) if words else _("Search")


def _kept() -> dict[str, str]:
    """The filters of this address, for the address of the next page."""
    return {name: value for name, value in request.args.items() if value and name not in {"after"}}


def _choices() -> dict[str, Any]:
    return {
        "categories": CATEGORIES,
        "category_tree": TREE,
        "conditions": CONDITIONS,
        "formats": FORMATS,
        "currencies": CURRENCIES,
        "within": ENDING_WITHIN_H,
        "sorts": SORTS,
    }
