"""What the item page asks of the database at each showing, in one question: the listing, what ties
its reader to it, and whether bids_service answers."""

from sqlalchemy import BindParameter, Connection, bindparam, exists, or_, select

from auction_app.bidding.repository.outages import BIDS
from auction_app.db.tables import auctions, orders, outages, participations, watches
from auction_app.errors import NotFound
from auction_app.items.model import Item, Ties
from auction_app.listings.repository.rows import as_auctions, select_auctions

_customer: BindParameter[str] = bindparam("customer_id")
# Built once: for so small a query, building it costs more than running it.
_ITEM = (
    select_auctions()
    .add_columns(
        exists()
        .where(participations.c.customer_id == _customer)
        .where(participations.c.auction_id == auctions.c.id)
        .label("took_part"),
        exists()
        .where(watches.c.customer_id == _customer, watches.c.auction_id == auctions.c.id)
        .label("watching"),
        select(orders.c.id)
        .where(orders.c.auction_id == auctions.c.id)
        .where(or_(orders.c.seller_id == _customer, orders.c.buyer_id == _customer))
        .order_by(orders.c.created_at_ms.desc())
        .limit(1)
        .scalar_subquery()
        .label("order_id"),
        select(outages.c.since_ms)
        .where(outages.c.service == BIDS)
        .scalar_subquery()
        .label("silent_since_ms"),
    )
    .where(auctions.c.id == bindparam("auction_id"))
)


def seen_by(conn: Connection, customer_id: str | None, auction_id: str) -> Item:
    """The item as a customer sees it, or a stranger (None). Raises NotFound."""
    row = conn.execute(_ITEM, {"customer_id": customer_id, "auction_id": auction_id}).first()
    if row is None:
        raise NotFound("no such auction")
    (auction,) = as_auctions(conn, [row])
    tied = Ties(took_part=bool(row.took_part), watching=bool(row.watching), order_id=row.order_id)
    return Item(auction=auction, ties=tied, silent_since_ms=row.silent_since_ms)
