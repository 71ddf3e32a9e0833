"""Reports of items, and the trail of what moderators did."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from auction_app.db import readable
from auction_app.db.ids import new_id
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, audit_trail, customers, decisions, reports
from auction_app.moderation.model import Report, TrailEntry

_sellers, _reporters = customers.alias("sellers"), customers.alias("reporters")


def add_report(
    conn: Connection, auction_id: str, reporter_id: str, *, reason: str, text: str, now_ms: int
) -> None:
    """Put an item into the queue; a second report by the same customer replaces the first."""
    theirs = (reports.c.auction_id == auction_id, reports.c.reporter_id == reporter_id)
    values = {"reason": reason, "text": text, "at_ms": now_ms, "settled_at_ms": None}
    if conn.execute(update(reports).where(*theirs).values(values)).rowcount:
        return
    conn.execute(
        insert(reports).values(
            id=new_id(), auction_id=auction_id, reporter_id=reporter_id, **values
        )
    )


def queue(conn: Connection, *, after: Cursor | None, limit: int) -> list[Report]:
    """Reports that wait, the oldest first."""
    query = _select().where(reports.c.settled_at_ms.is_(None))
    page = paged(query, reports.c.at_ms, reports.c.id, after=after, limit=limit, rising=True)
    return _read(conn, page)


def waiting_on(conn: Connection, auction_id: str) -> list[Report]:
    """The reports of an item that wait, the oldest first."""
    query = _select().where(reports.c.auction_id == auction_id, reports.c.settled_at_ms.is_(None))
    return _read(conn, query.order_by(reports.c.at_ms))


def count_waiting(conn: Connection) -> int:
    """How many items have reports that wait, and how many appeals do."""
    items = select(func.count(reports.c.auction_id.distinct())).where(
        reports.c.settled_at_ms.is_(None)
    )
    appeals = select(func.count()).where(
        decisions.c.appealed_at_ms.is_not(None), decisions.c.answered_at_ms.is_(None)
    )
    return conn.execute(items).scalar_one() + conn.execute(appeals).scalar_one()


def reports_by(conn: Connection, customer_id: str) -> list[Report]:
    """All reports by one customer."""
    query = _select().where(reports.c.reporter_id == customer_id)
    return _read(conn, query.order_by(reports.c.at_ms))


def settle_reports(conn: Connection, auction_id: str, *, now_ms: int) -> None:
    """Take all reports of an item out of the queue."""
    waiting = (reports.c.auction_id == auction_id, reports.c.settled_at_ms.is_(None))
    conn.execute(update(reports).where(*waiting).values(settled_at_ms=now_ms))


def hide(conn: Connection, auction_id: str, *, at_ms: int | None) -> None:
    """Hide an item since then; None shows it again."""
    conn.execute(update(auctions).where(auctions.c.id == auction_id).values(hidden_at_ms=at_ms))


def note(
    conn: Connection,
    *,
    actor_id: str,
    action: str,
    subject: str,
    note: str,
    form_key: str | None,
    now_ms: int,
) -> None:
    """Add to the trail, in the transaction of what was done."""
    conn.execute(
        insert(audit_trail).values(
            at_ms=now_ms,
            actor_id=actor_id,
            action=action,
            subject=subject,
            note=note,
            form_key=form_key,
        )
    )


def is_noted(conn: Connection, form_key: str | None) -> bool:
    """Whether what was done by that form is on the trail."""
    query = select(audit_trail.c.id).where(audit_trail.c.form_key == form_key)
    return form_key is not None and conn.execute(query).first() is not None


def trail(conn: Connection, *, before: int | None, limit: int) -> list[tuple[TrailEntry, int]]:
    """What was done with its number, the latest first."""
    query = select(audit_trail, customers.c.name).outerjoin(
        customers, customers.c.id == audit_trail.c.actor_id
    )
    if before is not None:
        query = query.where(audit_trail.c.id < before)
    query = query.order_by(audit_trail.c.id.desc()).limit(limit)
    return readable.filled(conn, query, partial(_entries, conn))


def _entries(conn: Connection, rows: Sequence[Row[Any]]) -> list[tuple[TrailEntry, int]]:
    called = _called(conn, [row.subject for row in rows])

    def entry(row: Row[Any]) -> TrailEntry:
        return TrailEntry(
            at_ms=row.at_ms,
            actor=row.name or row.actor_id,
            action=row.action,
            subject=row.subject,
            about=called.get(_id_in(row.subject)),
            note=row.note,
        )

    return [(made, row.id) for made, row in readable.each(audit_trail, rows, entry)]


def _called(conn: Connection, subjects: Iterable[str]) -> dict[str, str]:
    """Titles and names by the ids of items and customers."""
    ids = list(map(_id_in, subjects))
    titles = select(auctions.c.id, auctions.c.title).where(auctions.c.id.in_(ids))
    names = select(customers.c.id, customers.c.name).where(customers.c.id.in_(ids))
    return {id: called for query in (titles, names) for id, called in conn.execute(query)}


def _id_in(subject: str) -> str:
    return subject.rpartition("/")[2]


def _select() -> Select[Any]:
    return (
        select(
            reports,
            auctions.c.title,
            auctions.c.seller_id,
            _sellers.c.name.label("seller_name"),
            _reporters.c.name.label("reporter_name"),
        )
        .join(auctions, auctions.c.id == reports.c.auction_id)
        .join(_sellers, _sellers.c.id == auctions.c.seller_id)
        .join(_reporters, _reporters.c.id == reports.c.reporter_id)
    )


def _read(conn: Connection, query: Select[Any]) -> list[Report]:
    return readable.rows_of(conn, query, reports, Report)
