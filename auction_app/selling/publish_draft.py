"""Publish what was written, or say what is still missing."""

from collections.abc import Callable, Mapping

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput, NotFound
from auction_app.listings.model import Auction, Photo
from auction_app.listings.repository import auctions
from auction_app.selling.forms import Listing, ListingRules, read_listing
from auction_app.selling.list_auction import list_auction
from auction_app.selling.model import READY, WAITING, Draft
from auction_app.selling.repository import drafts
from auction_app.web.forms import Notation


def check_draft(
    draft: Draft, notation: Notation, rules: ListingRules, *, now_ms: int
) -> tuple[Listing, list[Photo]]:
    """The listing and photos of a draft. Raises BadInput that names everything missing."""
    errors: dict[str, str] = {}
    listing: Listing | None = None
    try:
        listing = read_listing(draft.fields, notation, rules, now_ms=now_ms)
    except BadInput as error:
        errors |= error.fields
    if complaint := about_photos(draft):
        errors["photos"] = complaint
    if errors or listing is None:
        raise BadInput(errors)
    return listing, _photos(draft)


def publish_draft(
    act: UnitOfWork,
    draft_id: str,
    notation_of: Callable[[Mapping[str, str]], Notation],
    rules: ListingRules,
    *,
    seller: Customer,
) -> Auction:
    """Publish a draft under its own id; sent twice, it is listed once. Its notation is found in
    the very fields that are published: a step may be saved at this moment.

    Raises NotVerified, NotFound, BadInput.
    """
    try:
        draft = drafts.of_seller(act.conn, seller.id, draft_id)
    except NotFound:
        return auctions.own(act.conn, draft_id, seller)  # published before
    notation = notation_of(draft.fields)
    listing, photos = check_draft(draft, notation, rules, now_ms=act.now_ms)
    auction = list_auction(act, listing, photos, auction_id=draft_id, seller=seller)
    drafts.remove(act.conn, draft_id)
    return auction


def about_photos(draft: Draft) -> str | None:
    """What is still wrong with a draft's photos, if anything."""
    if any(photo.state == WAITING for photo in draft.photos):
        return "photos_waiting"
    ready = [photo for photo in draft.photos if photo.state == READY]
    if not ready:
        return "photo_missing"
    return "photo_description_missing" if any(not photo.alt for photo in ready) else None


def _photos(draft: Draft) -> list[Photo]:
    return [
        Photo(id=photo.id, alt=photo.alt, width=photo.width or 0, height=photo.height or 0)
        for photo in draft.photos
        if photo.state == READY
    ]
