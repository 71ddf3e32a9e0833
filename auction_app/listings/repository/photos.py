"""Of what a photo is."""

from sqlalchemy import BindParameter, Connection, bindparam, literal, select, union_all

from auction_app.db.tables import auctions, draft_photos, drafts, photos
from auction_app.errors import NotFound
from auction_app.listings.model import PhotoSubject

_id: BindParameter[str] = bindparam("photo_id")
# Built once: for so small a query, building it costs more than running it.
_SUBJECT = union_all(
    select(
        auctions.c.seller_id,
        auctions.c.hidden_at_ms.is_not(None).label("is_hidden"),
        literal(False).label("is_draft"),
    )
    .join(photos, photos.c.auction_id == auctions.c.id)
    .where(photos.c.id == _id),
    select(drafts.c.seller_id, literal(False).label("is_hidden"), literal(True).label("is_draft"))
    .join(draft_photos, draft_photos.c.draft_id == drafts.c.id)
    .where(draft_photos.c.id == _id),
)


def subject_of(conn: Connection, photo_id: str) -> PhotoSubject:
    """The listing or draft of a photo. Raises NotFound."""
    found = conn.execute(_SUBJECT, {"photo_id": photo_id}).first()
    if found is None:
        raise NotFound("a photo of nothing")
    return PhotoSubject(found.seller_id, bool(found.is_hidden), bool(found.is_draft))
