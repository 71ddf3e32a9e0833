"""What the bus has told of subscriptions, and whether the operator has heard of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Engine, insert, select, update

from mailer_service.model.kinds import kind_of
from mailer_service.model.mails import Letter
from mailer_service.model.reports import BusReport, State
from mailer_service.storage.ledger import lock_recipient
from mailer_service.storage.tables import bus_reports, mails

_AT_ONCE = 1_000
_STATES = tuple(state.value for state in State)
_columns = (
    *(bus_reports.c.event_id, bus_reports.c.url, bus_reports.c.state),
    *(bus_reports.c.at_ms, bus_reports.c.reason, bus_reports.c.counted),
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Reports that the operator hasn't heard of, the first of which came at `first_ms`, and what
    was told of the same subscriptions before, each in their order. `number` is one of their own."""

    reports: Sequence[BusReport]
    told: Sequence[BusReport]
    first_ms: int
    number: int


class _AlreadyTold(Exception):
    """Somebody else has."""


class Reports:
    """One row an event, for good: nobody hears of it twice, however often it comes. Every method
    is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, reports: Iterable[BusReport], *, now_ms: int) -> None:
        """Note them on disk; those that are there already stay as they are."""
        rows = [_row(one) | {"received_at_ms": now_ms} for one in reports]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(
                    insert_or(connection, bus_reports).on_conflict_do_nothing(), rows
                )

    def waiting(self) -> Waiting | None:
        """Up to 1 000 that nobody has heard of, the oldest first; None when there are none. Of a
        state that this version doesn't know it says nothing: a newer one may."""
        untold, known = bus_reports.c.told_at_ms.is_(None), bus_reports.c.state.in_(_STATES)
        wanted = select(bus_reports).where(untold, known).order_by(bus_reports.c.id).limit(_AT_ONCE)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
            if not rows:
                return None
            before = (
                select(*_columns)
                .where(~untold, known, bus_reports.c.url.in_({row.url for row in rows}))
                .order_by(bus_reports.c.id)
            )
            told = [_report(row) for row in connection.execute(before)]
        return Waiting(
            reports=[_report(row) for row in rows],
            told=told,
            first_ms=rows[0].received_at_ms,
            number=rows[0].id,
        )

    def sent_since(self, recipient_url: str, since_ms: int) -> list[int]:
        """When mails to the operator left in that time."""
        placed = mails.c.placed_at_ms
        wanted = select(placed).where(mails.c.recipient_url == recipient_url, placed > since_ms)
        with reading(self._engine) as connection:
            return [at_ms for at_ms in connection.execute(wanted).scalars() if at_ms is not None]

    def tell(
        self,
        reports: Collection[BusReport],
        letters: Iterable[tuple[str, str, Letter]],
        *,
        traceparent: str,
        now_ms: int,
    ) -> bool:
        """Have these letters (entity URL, recipient URL, letter) sent, which say all of that;
        whether nobody else has done so before."""
        try:
            self._tell(reports, list(letters), traceparent=traceparent, now_ms=now_ms)
        except _AlreadyTold:
            return False
        return True

    def _tell(
        self,
        reports: Collection[BusReport],
        letters: Sequence[tuple[str, str, Letter]],
        *,
        traceparent: str,
        now_ms: int,
    ) -> None:
        ids = [one.id for one in reports]
        ours = bus_reports.c.event_id.in_(ids), bus_reports.c.told_at_ms.is_(None)
        with writing(self._engine) as connection:
            lock_recipient(connection, "operator")
            told = connection.execute(update(bus_reports).where(*ours).values(told_at_ms=now_ms))
            if told.rowcount != len(ids):
                raise _AlreadyTold
            if letters:
                connection.execute(
                    insert(mails),
                    [_mail(*one, traceparent=traceparent, now_ms=now_ms) for one in letters],
                )


def _mail(
    entity_url: str, recipient_url: str, letter: Letter, *, traceparent: str, now_ms: int
) -> dict[str, Any]:
    return {
        "entity_url": entity_url,
        "kind": letter.kind,
        "recipient_url": recipient_url,
        "step": "ready",
        "letter": msgspec.json.encode(letter).decode(),
        "traceparent": traceparent,
        "created_at_ms": now_ms,
        "placed_at_ms": now_ms,
        "priority": kind_of(letter.kind).priority.value,
        "due_at_ms": now_ms,
        "version": 1,
        "attempts": 0,
    }


def _row(report: BusReport) -> dict[str, Any]:
    row = asdict(report)
    return {
        "event_id": row.pop("id"),
        "counted": row.pop("count"),
        **row,
        "state": report.state.value,
    }


def _report(row: Any) -> BusReport:
    return BusReport(
        id=row.event_id,
        url=row.url,
        state=State(row.state),
        at_ms=row.at_ms,
        reason=row.reason,
        count=row.counted,
    )
