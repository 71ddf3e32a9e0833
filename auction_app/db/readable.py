"""A row that a hand at the database or a broken page has spoilt takes down nothing but itself.

It is in no list, where it would fail all the others; whoever asks for it alone hears SpoiltRow.
The log says once in each process which row it is, and what is wrong with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from service_kit.errors import NotAnAmount
from service_kit.logs import get_logger
from sqlalchemy import Connection, Integer, Row, Select, Table

from auction_app.errors import SpoiltRow

log = get_logger(__name__)

T = TypeVar("T")
# What constructors say of values that are none of theirs.
_SPOILT = (ArithmeticError, LookupError, NotAnAmount, TypeError, ValueError)
_TOLD_ROWS = 1_000
_KINDS_OF_ROWS = 100


def one(table: Table, row: Row[Any], make: Callable[[Row[Any]], T]) -> T:
    """What is made of a row that begins with the table's key. Raises SpoiltRow."""
    try:
        check_numbers(table, row)
        return make(row)
    except _SPOILT as error:
        _tell(table.name, str(row[0]), str(error))
        raise SpoiltRow(f"a row of {table.name} can't be read: {error}") from error


def each(
    table: Table, rows: Iterable[Row[Any]], make: Callable[[Row[Any]], T]
) -> Iterator[tuple[T, Row[Any]]]:
    """What is made of each row, with the row; without those that can't be read."""
    for row in rows:
        try:
            made = one(table, row, make)
        except SpoiltRow:
            continue
        yield made, row


def filled(
    conn: Connection,
    query: Select[Any],
    make: Callable[[Sequence[Row[Any]]], list[T]],
    values: Mapping[str, Any] | None = None,
) -> list[T]:
    """What is made of a query's rows, by what leaves some out: in their place those that come
    next, so that no page looks like the last one for them."""
    rows = conn.execute(query, values).all()
    made, wanted, seen = make(rows), len(rows), len(rows)
    while len(made) < wanted and (rows := conn.execute(query.offset(seen), values).all()):
        made += make(rows)
        seen += len(rows)
    return made[:wanted]


def rows_of(
    conn: Connection,
    query: Select[Any],
    table: Table,
    kind: type[T],
    values: Mapping[str, Any] | None = None,
) -> list[T]:
    """The same as dataclasses whose fields are called like the query's columns."""
    return filled(
        conn, query, lambda rows: [it for it, _ in each(table, rows, maker(kind))], values
    )


def maker(kind: Callable[..., T]) -> Callable[[Row[Any]], T]:
    """Makes a dataclass whose fields are called like a row's columns; what its types list, no
    other word may stand for."""
    return partial(_make, kind, _words_of(kind))


def check_numbers(table: Table, row: Row[Any], prefix: str = "") -> None:
    """SQLite keeps any text in a column of numbers. Raises ValueError where a row, whose columns
    may have names with a prefix, has one."""
    for place, name in _numbers(table, row._fields, prefix):
        if not _is_number(row[place]):
            raise ValueError(f"{name} is no whole number")


def with_numbers(table: Table, row: Row[Any]) -> Mapping[str, Any]:
    """A row's cells, with 0 in the place of what should be a number and is none."""
    numbers = _numbers(table, row._fields, "")
    spoilt = [name for place, name in numbers if not _is_number(row[place])]
    cells: Mapping[Any, Any] = row._mapping
    if not spoilt:
        return cells
    _tell(table.name, str(cells["id"]), f"{', '.join(spoilt)}: no whole number")
    return {**cells, **dict.fromkeys(spoilt, 0)}


def number(value: Any) -> int:
    """A cell of whole numbers that are never missing; 0 where it holds none."""
    return value if isinstance(value, int) else 0


def _is_number(value: object) -> bool:
    return value is None or value.__class__ is int


def _make(kind: Callable[..., T], words: Mapping[str, frozenset[Any]], row: Row[Any]) -> T:
    cells = row._mapping
    for name, known in words.items():
        if name in cells and cells[name] not in known:
            raise ValueError(f"{name} is none of {sorted(map(str, known))}")
    return kind(**cells)


@lru_cache(_KINDS_OF_ROWS)
def _words_of(kind: Any) -> Mapping[str, frozenset[Any]]:
    listed = {name: frozenset(_listed(it)) for name, it in get_type_hints(kind).items()}
    return {name: words for name, words in listed.items() if words}


def _listed(hint: Any) -> Iterator[Any]:
    """The words of `Literal["a", "b"]`, or of that `| None`; of other types, nothing."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif words := [word for it in get_args(hint) for word in _listed(it)]:
        yield from (*words, None)


@lru_cache(_KINDS_OF_ROWS)
def _numbers(table: Table, fields: tuple[str, ...], prefix: str) -> list[tuple[int, str]]:
    numbers = {prefix + it.name for it in table.columns if isinstance(it.type, Integer)}
    return [(place, name) for place, name in enumerate(fields) if name in numbers]


@lru_cache(_TOLD_ROWS)
def _tell(table: str, key: str, why: str) -> None:
    log.error("row unreadable", table=table, key=key, why=why)
