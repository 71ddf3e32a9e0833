"""What is on its way to bids_service: which tickets were sent, and what came of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from auction_app.db.tables import placed_tickets


@dataclass(frozen=True)
class PlacedTicket:
    """A ticket that was sent; `result` is None while its answer is unknown."""

    key: str
    customer_id: str
    auction_id: str
    result: dict[str, Any] | None


def find(conn: Connection, key: str) -> PlacedTicket | None:
    """The ticket of that key, if it was ever sent."""
    row = conn.execute(select(placed_tickets).where(placed_tickets.c.key == key)).first()
    return PlacedTicket(row.key, row.customer_id, row.auction_id, row.result) if row else None


def add(conn: Connection, *, key: str, customer_id: str, auction_id: str, now_ms: int) -> None:
    """Note that a ticket is about to be sent."""
    conn.execute(
        insert(placed_tickets).values(
            key=key, customer_id=customer_id, auction_id=auction_id, sent_at_ms=now_ms
        )
    )


def settle(conn: Connection, key: str, result: dict[str, Any]) -> None:
    """Note what came of a ticket."""
    conn.execute(update(placed_tickets).where(placed_tickets.c.key == key).values(result=result))


def remove(conn: Connection, key: str) -> None:
    """Forget a ticket whose outcome is seen elsewhere."""
    conn.execute(delete(placed_tickets).where(placed_tickets.c.key == key))
