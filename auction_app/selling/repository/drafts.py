"""Listings that are being written, and their photos."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import draft_photos, drafts
from auction_app.errors import NotFound
from auction_app.selling.model import WAITING, Draft, DraftPhoto


def add(
    conn: Connection, draft_id: str, seller_id: str, fields: dict[str, str], *, now_ms: int
) -> None:
    """Begin a draft."""
    times = {"created_at_ms": now_ms, "saved_at_ms": now_ms}
    row = {"id": draft_id, "seller_id": seller_id, "fields": fields}
    conn.execute(insert(drafts).values(row | times))


def of_seller(conn: Connection, seller_id: str, draft_id: str) -> Draft:
    """A seller's own draft. Raises NotFound, also for somebody else's, and
    SpoiltRow."""
    mine = (drafts.c.id == draft_id, drafts.c.seller_id == seller_id)
    row = conn.execute(select(drafts).where(*mine)).first()
    if row is None:
        raise NotFound("no such draft")
    return readable.one(drafts, row, partial(_as_draft, conn))


def list_of_seller(conn: Connection, seller_id: str, *, limit: int) -> list[Draft]:
    """A seller's drafts, the last saved first."""
    query = select(drafts).where(drafts.c.seller_id == seller_id)
    rows = conn.execute(query.order_by(drafts.c.saved_at_ms.desc()).limit(limit))
    found = readable.each(drafts, rows.all(), partial(_as_draft, conn))
    return [draft for draft, _ in found]


def save(conn: Connection, draft_id: str, fields: dict[str, str], *, now_ms: int) -> None:
    """Keep what was typed."""
    values = {"fields": fields, "saved_at_ms": now_ms}
    conn.execute(update(drafts).where(drafts.c.id == draft_id).values(values))


def remove(conn: Connection, draft_id: str) -> None:
    """Forget a draft and its photos."""
    conn.execute(delete(draft_photos).where(draft_photos.c.draft_id == draft_id))
    conn.execute(delete(drafts).where(drafts.c.id == draft_id))


def add_photo(conn: Connection, photo: DraftPhoto) -> None:
    """Put a photo behind the others."""
    last = select(func.max(draft_photos.c.position)).where(
        draft_photos.c.draft_id == photo.draft_id
    )
    position = (conn.execute(last).scalar_one() or 0) + 1
    conn.execute(insert(draft_photos).values(vars(photo) | {"position": position}))


def arrange(conn: Connection, draft_id: str, ids: list[str], alts: dict[str, str]) -> None:
    """Keep only these photos, in this order, with these descriptions."""
    mine = draft_photos.c.draft_id == draft_id
    conn.execute(delete(draft_photos).where(mine, draft_photos.c.id.not_in(ids)))
    for position, id in enumerate(ids, start=1):
        statement = update(draft_photos).where(mine, draft_photos.c.id == id)
        conn.execute(statement.values(position=position, alt=alts[id]))


def next_of_each_seller(conn: Connection) -> list[str]:
    """Ids of photos that wait for the job: each seller's next, those first that were begun least
    often."""
    order = (draft_photos.c.attempts, draft_photos.c.position, draft_photos.c.id)
    turn = func.row_number().over(partition_by=drafts.c.seller_id, order_by=order).label("turn")
    query = select(draft_photos.c.id, turn, *order[:2])
    waiting = query.join(drafts).where(draft_photos.c.state == WAITING).subquery()
    firsts = select(waiting.c.id).where(waiting.c.turn == 1)
    rows = conn.execute(firsts.order_by(waiting.c.attempts, waiting.c.position, waiting.c.id))
    return list(rows.scalars())


def begin_photo(conn: Connection, photo_id: str) -> int:
    """Note that a photo is begun; returns how often it was, this time included."""
    mine = draft_photos.c.id == photo_id
    conn.execute(update(draft_photos).where(mine).values(attempts=draft_photos.c.attempts + 1))
    return conn.execute(select(draft_photos.c.attempts).where(mine)).scalar_one_or_none() or 0


def forgive_photo(conn: Connection, photo_id: str) -> None:
    """Count a photo that was begun as if it had not been."""
    mine = draft_photos.c.id == photo_id
    conn.execute(update(draft_photos).where(mine).values(attempts=draft_photos.c.attempts - 1))


def settle(conn: Connection, photo_id: str, **values: Any) -> None:
    """Note what became of a photo."""
    conn.execute(update(draft_photos).where(draft_photos.c.id == photo_id).values(**values))


def _as_draft(conn: Connection, row: Row[Any]) -> Draft:
    query = select(draft_photos).where(draft_photos.c.draft_id == row.id)
    rows = conn.execute(query.order_by(draft_photos.c.position)).all()
    photos = readable.each(draft_photos, rows, _as_photo)
    return Draft(
        id=row.id,
        seller_id=row.seller_id,
        fields=dict(row.fields),
        saved_at_ms=row.saved_at_ms,
        photos=tuple(photo for photo, _ in photos),
    )


def _as_photo(row: Row[Any]) -> DraftPhoto:
    names = ("id", "draft_id", "name", "alt", "state", "reason", "width", "height")
    return DraftPhoto(**{name: getattr(row, name) for name in names})
