"""Second chances that sellers here have offered, as bids_service told of them."""

from typing import Any

from service_kit.money import Money
from sqlalchemy import Connection, Row, Select, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import auctions, second_chances
from auction_app.errors import NotFound
from auction_app.second_chances.model import SecondChance


def keep(conn: Connection, told: SecondChance) -> bool:
    """Store an offer, or its new status; True when it was not known before."""
    # The page that made the offer and the job that was told of it store it at the same time.
    conn.execute(select(auctions.c.id).where(auctions.c.id == told.auction_id).with_for_update())
    mine = second_chances.c.url == told.url
    changed = conn.execute(update(second_chances).where(mine).values(status=told.status))
    if changed.rowcount:
        return False
    row = vars(told) | {"price_minor": told.price.amount_minor, "currency": told.price.currency}
    del row["price"]
    conn.execute(insert(second_chances).values(row))
    return True


def by_id(conn: Connection, id: str) -> SecondChance:
    """An offer. Raises NotFound, SpoiltRow."""
    row = conn.execute(select(second_chances).where(second_chances.c.id == id)).first()
    if row is None:
        raise NotFound("no such offer")
    return readable.one(second_chances, row, _as_chance)


def latest_to(conn: Connection, customer_id: str, auction_id: str) -> str | None:
    """The id of the offer of an item to a bidder that can be answered longest."""
    mine = (second_chances.c.bidder_id == customer_id, second_chances.c.auction_id == auction_id)
    latest = second_chances.c.expires_at_ms.desc()
    query = select(second_chances.c.id).where(*mine).order_by(latest).limit(1)
    return conn.execute(query).scalar_one_or_none()


def of_auction(conn: Connection, auction_id: str) -> list[SecondChance]:
    """All offers of an auction's item."""
    return _read(conn, select(second_chances).where(second_chances.c.auction_id == auction_id))


def of_bidder(conn: Connection, customer_id: str) -> list[SecondChance]:
    """All offers to a bidder."""
    return _read(conn, select(second_chances).where(second_chances.c.bidder_id == customer_id))


def _read(conn: Connection, query: Select[Any]) -> list[SecondChance]:
    return [it for it, _ in readable.each(second_chances, conn.execute(query), _as_chance)]


def _as_chance(row: Row[Any]) -> SecondChance:
    return SecondChance(
        id=row.id,
        url=row.url,
        auction_id=row.auction_id,
        bidder_id=row.bidder_id,
        price=Money(row.price_minor, row.currency),
        status=row.status,
        expires_at_ms=row.expires_at_ms,
    )
