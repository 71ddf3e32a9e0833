"""Rows of an outbox as they are stored: SQLite keeps anything in any column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Table,
    and_,
    case,
    cast,
    func,
    not_,
)

from service_kit.outbox.tables import TRACE
from service_kit.topic import TOPIC_RULE, is_topic

_TEXTS = ("topic", "type", "url")
_TIME = "changed_at_ms"
_NO_TRACE = "*[^0-9a-f-]*"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event of the outbox, and the reason why the bus never takes it. If that is what is in its
    cells, they show for people: bytes that are no text as `\\xff`, a time that is none as 0."""

    id: int
    topic: str
    type: str
    url: str
    changed_at_ms: int
    reason: str | None = None
    traceparent: str | None = None


def cells(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """What to select of a table, for `events_from`.

    SQLite is asked for bytes: a driver that decodes a text which is none fails for all rows.
    """
    if connection.dialect.name != "sqlite":
        return list(table.c)
    kinds = {name: func.typeof(table.c[name]) for name in (*_TEXTS, _TIME)}
    stored: dict[str, ColumnElement[Any]] = {one.name: one for one in table.c}
    stored |= {name: cast(table.c[name], LargeBinary) for name in _TEXTS}
    if TRACE in stored:  # of what is no trace, nothing
        is_text = func.typeof(table.c[TRACE]) == "text"
        is_none = table.c[TRACE].bool_op("GLOB")(_NO_TRACE)
        stored[TRACE] = case((and_(is_text, not_(is_none)), table.c[TRACE]))
    stored[_TIME] = case((kinds[_TIME] == "integer", table.c[_TIME]))
    stored |= {_kind(name): kinds[name] for name in _TEXTS}
    return [one.label(name) for name, one in stored.items()]


def events_from(rows: Iterable[Row[Any]]) -> Iterator[StoredEvent]:
    """The events in some rows, whatever is in their cells."""
    for row in rows:
        stored, faults = row._asdict(), []
        for name in _TEXTS:
            stored[name], is_text = text_of(stored[name])
            kind = stored.pop(_kind(name), "text")
            if not is_text or kind != "text":
                faults.append(f"{name} is no text")
        if stored[_TIME] is None:
            stored[_TIME] = 0
            faults.append(f"{_TIME} is no integer")
        # Under another name the call would go to another URL, whose answer says nothing of it.
        if not faults and not is_topic(stored["topic"]):
            faults.append(TOPIC_RULE)
        stored.setdefault("reason", ", ".join(faults) or None)
        yield StoredEvent(**stored)


def text_of(cell: str | bytes) -> tuple[str, bool]:
    """What a cell shows, and whether it is text."""
    if isinstance(cell, str):
        return cell, True
    try:
        return cell.decode(), True
    except UnicodeDecodeError:
        return cell.decode("utf-8", "backslashreplace"), False


def _kind(name: str) -> str:
    return f"{name}_kind"
