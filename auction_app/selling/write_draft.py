"""Write a listing step by step; every step is saved as it is typed."""

from collections.abc import Mapping

from auction_app.accounts.model import Customer
from auction_app.db.ids import new_id
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotVerified, TooMany
from auction_app.listings.photo_files import PhotoFiles
from auction_app.selling.repository import drafts
from auction_app.web.fields import cut_text

STEPS: Mapping[str, tuple[str, ...]] = {
    "item": ("title", "description", "category", "condition", "location", "returns"),
    "photos": (),
    "price": (
        "currency",
        "start_price",
        "reserve",
        "buy_now",
        "delivery",
        "postage_cost",
        "postage",
        "payment",
        "decimal_mark",
    ),
    "time": ("starts", "ends", "soft_close", "zone"),
}
"""The wizard's steps in their order, with the fields that each asks for."""

MOST_DRAFTS = 50
_LONGEST_FIELD = 20_000


def start_draft(act: UnitOfWork, seller: Customer, first: Mapping[str, str]) -> str:
    """Begin a draft with some fields filled in; returns its id. Raises NotVerified, TooMany."""
    if not seller.verified:
        raise NotVerified("sellers need a verified address")
    draft_id = new_id()
    if len(drafts.list_of_seller(act.conn, seller.id, limit=MOST_DRAFTS)) >= MOST_DRAFTS:
        raise TooMany(MOST_DRAFTS)
    drafts.add(act.conn, draft_id, seller.id, dict(first), now_ms=act.now_ms)
    return draft_id


def save_step(
    act: UnitOfWork, seller: Customer, draft_id: str, step: str, typed: Mapping[str, str]
) -> None:
    """Keep what was typed into a step, right or wrong; it is checked in the preview.

    May be repeated. Raises NotFound.
    """
    draft = drafts.of_seller(act.conn, seller.id, draft_id)
    kept = {name: _clipped(typed[name]) for name in STEPS[step] if name in typed}
    drafts.save(act.conn, draft_id, draft.fields | kept, now_ms=act.now_ms)


def discard_draft(store: Store, files: PhotoFiles, seller: Customer, draft_id: str) -> None:
    """Throw a draft and its photos away. Raises NotFound."""
    with store.begin() as act:
        draft = drafts.of_seller(act.conn, seller.id, draft_id)
        drafts.remove(act.conn, draft_id)
    for photo in draft.photos:
        files.remove(photo.id)


def _clipped(text: str) -> str:
    # PostgreSQL's JSON holds neither NUL nor lone surrogates; what is too long is refused later.
    return cut_text(text, _LONGEST_FIELD)
