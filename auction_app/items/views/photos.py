"""A photo's file, for whoever may see what it is of."""

from io import BytesIO

from flask import Blueprint, Response, abort, send_file

from auction_app.accounts.visitor import visitor
from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.listings.photo_files import PhotoFiles
from auction_app.listings.repository import photos
from auction_app.parts import Parts

_FOR_ALL = "public, max-age=3600"
"""A file never changes, but it goes with its item, and from caches within the hour."""
_FOR_SOME = "private, no-store"


def pages(parts: Parts, files: PhotoFiles) -> Blueprint:
    """The address of each size of a photo."""
    views = Blueprint("photo_files", __name__)

    @views.get("/photos/<string:photo_id>-<int:size>.jpg")
    def show(photo_id: str, size: int) -> Response:
        if size not in {LARGE, THUMBNAIL} or not photo_id.isalnum():
            abort(404)
        with parts.store.reading() as conn:
            subject = photos.subject_of(conn, photo_id)
        if not subject.is_public:
            subject.check_shown(visitor(parts).customer)
        content = files.read(photo_id, size)
        if content is None:
            abort(404)
        # What is in it never changes: its name is its tag.
        response = send_file(BytesIO(content), "image/jpeg", etag=f"{photo_id}-{size}")
        response.headers["Cache-Control"] = _FOR_ALL if subject.is_public else _FOR_SOME
        return response

    return views
