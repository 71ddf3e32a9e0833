"""Who was reminded that what they watch ends soon."""

from service_kit.dialects import insert_new
from sqlalchemy import Connection, and_, select

from auction_app.db.ids import new_id
from auction_app.db.tables import auctions, reminders, watches
from auction_app.watchlist.model import Reminder


def due(conn: Connection, *, now_ms: int, before_ms: int, limit: int) -> list[Reminder]:
    """Reminders to be made: watched, ending before then, and not reminded of yet."""
    same = and_(
        reminders.c.auction_id == watches.c.auction_id,
        reminders.c.customer_id == watches.c.customer_id,
    )
    end = auctions.c.current_ends_at_ms
    query = (
        select(watches.c.auction_id, watches.c.customer_id, end)
        .join(auctions, auctions.c.id == watches.c.auction_id)
        .outerjoin(reminders, same)
        .where(
            end > now_ms,
            end <= before_ms,
            auctions.c.starts_at_ms <= now_ms,
            auctions.c.closed_at_ms.is_(None),
            auctions.c.hidden_at_ms.is_(None),
            reminders.c.id.is_(None),
        )
        .order_by(end)
        .limit(limit)
    )
    return [
        Reminder(
            id=new_id(),
            auction_id=row.auction_id,
            customer_id=row.customer_id,
            ends_at_ms=row.current_ends_at_ms,
        )
        for row in conn.execute(query)
    ]


def add(conn: Connection, reminder: Reminder, *, now_ms: int) -> bool:
    """Note that a customer is reminded; False when they were, or are at this moment."""
    row = {
        "id": reminder.id,
        "auction_id": reminder.auction_id,
        "customer_id": reminder.customer_id,
        "ends_at_ms": reminder.ends_at_ms,
        "created_at_ms": now_ms,
    }
    return insert_new(conn, reminders, row, same=("auction_id", "customer_id"))


def by_id(conn: Connection, reminder_id: str) -> Reminder | None:
    """The reminder, if there is one."""
    row = conn.execute(select(reminders).where(reminders.c.id == reminder_id)).first()
    if row is None:
        return None
    return Reminder(
        id=row.id,
        auction_id=row.auction_id,
        customer_id=row.customer_id,
        ends_at_ms=row.ends_at_ms,
    )
