"""What the pages of the listing wizard share, and the house's rules for listings."""

from typing import Any

from flask import Response, flash, url_for

from auction_app.errors import TooMany
from auction_app.listings.categories import TREE
from auction_app.listings.terms import CONDITIONS, CURRENCIES, DELIVERIES, RETURNS
from auction_app.parts import Parts
from auction_app.selling.draft_photos import MOST_PHOTOS
from auction_app.selling.forms import SOFT_CLOSE_S, ListingRules
from auction_app.selling.model import Draft
from auction_app.selling.write_draft import STEPS
from auction_app.web.i18n import _, decimal_mark, viewer_zone
from auction_app.web.negotiation import see_other

LONGEST_MS = 30 * 24 * 3600 * 1000


def rules(parts: Parts) -> ListingRules:
    """How long auctions may run here."""
    return ListingRules(shortest_ms=parts.config.min_duration_s * 1000, longest_ms=LONGEST_MS)


def wizard_context(parts: Parts, draft: Draft, step: str) -> dict[str, Any]:
    """The draft, where in the wizard it is, and what there is to choose from."""
    return {
        "draft": draft,
        "form": draft.fields,
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


def no_more_drafts(error: TooMany) -> Response:
    """To the drafts, and why there can't be one more."""
    flash(_("You have %(n)d drafts already. Publish or discard one first.", n=error.limit))
    return see_other(url_for("selling.form"))
