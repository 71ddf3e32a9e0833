"""What somebody is told of a decision."""

from sqlalchemy import Connection, insert, select

from auction_app.db import readable
from auction_app.db.tables import bids, reports, statements
from auction_app.errors import NotFound
from auction_app.moderation.model import Statement


def add(conn: Connection, statement: Statement) -> None:
    """Store what somebody is told."""
    conn.execute(insert(statements).values(vars(statement)))


def by_id(conn: Connection, statement_id: str) -> Statement:
    """The statement. Raises NotFound, SpoiltRow."""
    row = conn.execute(select(statements).where(statements.c.id == statement_id)).first()
    if row is None:
        raise NotFound("no such statement")
    return readable.one(statements, row, readable.maker(Statement))


def to(conn: Connection, customer_id: str) -> list[Statement]:
    """All that a customer was told, the first first."""
    query = select(statements).where(statements.c.customer_id == customer_id)
    return readable.rows_of(conn, query.order_by(statements.c.at_ms), statements, Statement)


def was_told(conn: Connection, decision_id: str, customer_id: str) -> bool:
    """Whether somebody was told of a decision."""
    query = select(statements.c.id).where(
        statements.c.decision_id == decision_id, statements.c.customer_id == customer_id
    )
    return conn.execute(query.limit(1)).first() is not None


def bidders_in(conn: Connection, auction_id: str) -> list[str]:
    """Who has a bid that counts in an auction."""
    query = select(bids.c.bidder_id).where(
        bids.c.auction_id == auction_id, bids.c.retracted_at_ms.is_(None)
    )
    return sorted(conn.execute(query.distinct()).scalars())


def reporters_of(conn: Connection, auction_id: str) -> list[str]:
    """Whose reports of an item wait."""
    query = select(reports.c.reporter_id).where(
        reports.c.auction_id == auction_id, reports.c.settled_at_ms.is_(None)
    )
    return sorted(conn.execute(query).scalars())
