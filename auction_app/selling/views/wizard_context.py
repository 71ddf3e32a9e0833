"""What the pages of the listing wizard share, and the house's rules for listings."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, url_for
from service_kit.errors import NotAnAmount

from auction_app.errors import AmountUnclear, TooMany
from auction_app.listings.categories import TREE
from auction_app.listings.terms import CONDITIONS, CURRENCIES, DELIVERIES, RETURNS
from auction_app.parts import Parts
from auction_app.selling.draft_photos import MOST_PHOTOS
from auction_app.selling.forms import SOFT_CLOSE_S, ListingRules
from auction_app.selling.model import Draft
from auction_app.selling.write_draft import STEPS
from auction_app.web.amounts import read_amount
from auction_app.web.fields import is_currency, write_local_time
from auction_app.web.formats import decimal
from auction_app.web.i18n import _, currency_symbol, decimal_mark, viewer_zone
from auction_app.web.negotiation import see_other

_AMOUNTS = frozenset({"start_price", "reserve", "buy_now", "postage_cost"})
_WEEK_MS = 7 * 24 * 3600 * 1000
LONGEST_MS = 30 * 24 * 3600 * 1000


def rules(parts: Parts) -> ListingRules:
    """How long auctions may run here."""
    return ListingRules(shortest_ms=parts.config.min_duration_s * 1000, longest_ms=LONGEST_MS)


def wizard_context(parts: Parts, draft: Draft, step: str) -> dict[str, Any]:
    """The draft, where in the wizard it is, and what there is to choose from."""
    return {
        "draft": draft,
        "form": as_viewer_writes(
            draft.fields,
            draft.fields.get("currency", ""),
            mark=draft.fields.get("decimal_mark", "."),
        ),
        "step": step,
        "steps": tuple(STEPS),
        "category_tree": TREE,
        "conditions": CONDITIONS,
        "returns": RETURNS,
        "deliveries": DELIVERIES,
        "currencies": CURRENCIES,
        "soft_closes": SOFT_CLOSE_S,
        "most_photos": MOST_PHOTOS,
        "draft_zone": draft.fields.get("zone") or viewer_zone().key,
        "viewer_mark": decimal_mark(),
        "shortest_ms": rules(parts).shortest_ms,
        "longest_ms": rules(parts).longest_ms,
    }


def in_a_week(now_ms: int) -> dict[str, str]:
    """An end to begin with, as the form of its step has it."""
    zone = viewer_zone()
    ends = write_local_time((now_ms + _WEEK_MS) // 60_000 * 60_000, zone)
    return {"ends": ends, "zone": zone.key}


def as_viewer_writes(typed: Mapping[str, str], currency: str, *, mark: str) -> Mapping[str, str]:
    """What was typed with this decimal mark, with its amounts as the viewer would type them: else
    "1.234" of three decimals would turn unclear. What is no amount stays as it is."""
    if mark == decimal_mark() or not is_currency(currency):
        return typed
    return {
        name: _as_viewer_writes(text, currency, mark) if name in _AMOUNTS else text
        for name, text in typed.items()
    }


def _as_viewer_writes(text: str, currency: str, mark: str) -> str:
    symbol = currency_symbol(currency)
    try:
        return decimal(read_amount(text, currency, decimal_mark=mark, symbol=symbol))
    except (AmountUnclear, NotAnAmount):
        return text


def no_more_drafts(error: TooMany) -> Response:
    """To the drafts, and why there can't be one more."""
    flash(_("You have %(n)d drafts already. Publish or discard one first.", n=error.limit))
    return see_other(url_for("selling.form"))
