"""The wizard's photos: several at once, put in order with buttons that any keyboard reaches."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request, url_for
from service_kit.bulkhead import Bulkhead
from service_kit.notify import Channel

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in
from auction_app.listings.photo_files import PhotoFiles
from auction_app.parts import Parts
from auction_app.selling.draft_photos import (
    MOST_PHOTOS,
    Arrangement,
    Upload,
    add_photos,
    arrange_photos,
)
from auction_app.selling.model import WAITING
from auction_app.selling.publish_draft import about_photos
from auction_app.selling.repository import drafts
from auction_app.selling.take_photo import LARGEST_BYTES
from auction_app.selling.views.wizard_context import wizard_context
from auction_app.web.negotiation import page, see_other

_UPLOAD_BYTES = (2 * MOST_PHOTOS + 1) * LARGEST_BYTES
"""Twice what the page promises to take at once: of too many files the first are kept, and each
other is refused by its name. With room for the rest of the form."""
_PATH_END = "/photos/change"


def allow_uploads() -> None:
    """Let the photo form be larger than other forms; runs before anything reads the body."""
    if request.path.startswith("/sell/") and request.path.endswith(_PATH_END):
        request.max_content_length = _UPLOAD_BYTES


def pages(parts: Parts, files: PhotoFiles, photo_channel: Channel) -> Blueprint:
    """Take photos in, describe, move and remove them."""
    views = Blueprint("draft_photos", __name__)

    @views.post(f"/sell/<string:draft_id>{_PATH_END}")
    @Bulkhead(at_once=2, waiting=4, wait_s=30)
    def change(draft_id: str) -> Response:
        seller = signed_in(parts)
        arrange_photos(parts.store, files, seller, draft_id, _arrangement())
        if "X-Autosave" in request.headers:
            return Response(status=204)
        refused = add_photos(parts.store, files, seller, draft_id, _uploads())
        photo_channel.notify()
        wrong = _wrong(parts, seller, draft_id) if request.form.get("go") == "next" else None
        if refused or wrong:
            return _refusal(parts, seller, draft_id, refused, wrong)
        return see_other(_address(draft_id))

    @views.get("/sell/<string:draft_id>/photos/waiting")
    def waiting(draft_id: str) -> Response:
        """How many photos wait for the job: 204 when none does."""
        with parts.store.reading() as conn:
            draft = drafts.of_seller(conn, signed_in(parts).id, draft_id)
        pending = sum(photo.state == WAITING for photo in draft.photos)
        return Response(str(pending), mimetype="text/plain") if pending else Response(status=204)

    return views


def _wrong(parts: Parts, seller: Customer, draft_id: str) -> str | None:
    """What keeps a seller from going on; photos that are still being prepared do not."""
    with parts.store.reading() as conn:
        complaint = about_photos(drafts.of_seller(conn, seller.id, draft_id))
    return None if complaint == "photos_waiting" else complaint


def _refusal(
    parts: Parts, seller: Customer, draft_id: str, refused: Mapping[str, str], wrong: str | None
) -> Response:
    """The page again, with why each file was refused and what is missing; the other files and all
    that was typed are kept by now."""
    with parts.store.reading() as conn:
        draft = drafts.of_seller(conn, seller.id, draft_id)
    context = wizard_context(parts, draft, "photos")
    errors = {"photos": wrong} if wrong else {}
    return page("selling/step_photos.html", 422, **context, errors=errors, refused=refused)


def _arrangement() -> Arrangement:
    prefix = "alt-"
    alts = {
        name.removeprefix(prefix): value
        for name, value in request.form.items()
        if name.startswith(prefix)
    }
    form = request.form
    return Arrangement(
        alts=alts, up=form.get("up"), down=form.get("down"), remove=form.get("remove")
    )


def _uploads() -> Iterator[Upload]:
    """One after the other, so that one is in memory at a time."""
    for file in request.files.getlist("photos"):
        if file.filename:
            yield Upload(file.filename, file.read(LARGEST_BYTES + 1))


def _address(draft_id: str) -> str:
    if request.form.get("go") == "next":
        return url_for("selling.step", draft_id=draft_id, step="price")
    moved = request.form.get("up") or request.form.get("down")
    anchor = f"photo-{moved}" if moved else None
    return url_for("selling.step", draft_id=draft_id, step="photos", _anchor=anchor)
