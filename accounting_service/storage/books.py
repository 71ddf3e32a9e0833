"""The books: what was booked is never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service_kit.clock import Clock
from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Connection, Engine, Row, func, insert, select, tuple_

from accounting_service.errors import NotBooked
from accounting_service.model.journal import Account, Journal, Kind, Posting, check_balanced
from accounting_service.storage.tables import journals, postings

_AT_ONCE = 200


@dataclass(frozen=True)
class Balance:
    """What an account comes to in a currency, as it is posted."""

    account: Account
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Owed:
    """What a seller is to be paid out."""

    seller_url: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Booked:
    """A journal and its place in the order of what happened."""

    id: int
    journal: Journal


class Books:
    """Every method is one transaction; blocks on the database alone. Raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def book(self, payment_url: str, wanted: Sequence[Journal]) -> list[Kind]:
        """Add the journals of a payment that are not there yet, all or none; returns which.

        May be repeated, also at the same time. Raises NotBooked where what is there is not what is
        wanted: it stays as it is. Raises Unbalanced.
        """
        for journal in wanted:
            check_balanced(journal)
        with writing(self._engine) as connection:
            added = [one for one in wanted if self._add(connection, one)]
            there = {it.journal.kind: it.journal for it in _of_payment(connection, payment_url)}
            for kind, journal in there.items():
                _check_same(journal, next((one for one in wanted if one.kind is kind), None))
        return [one.kind for one in added]

    def of_payments(self, urls: Sequence[str]) -> dict[str, list[Journal]]:
        """What was booked of each of these payments."""
        found: dict[str, list[Journal]] = {url: [] for url in urls}
        query = select(journals).where(journals.c.payment_url.in_(urls)).order_by(journals.c.id)
        with reading(self._engine) as connection:
            for it in _whole(connection, connection.execute(query).all()):
                found[it.journal.payment_url].append(it.journal)
        return found

    def balances(self) -> list[Balance]:
        """What each account comes to in each currency."""
        total = func.sum(postings.c.amount_minor)
        by = (postings.c.account, postings.c.currency)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*by, total).group_by(*by).order_by(*by)).all()
        return [Balance(Account(account), int(sum_), currency) for account, currency, sum_ in rows]

    def owed(self, seller_url: str) -> list[Owed]:
        """What is owed to a seller, in each currency there is something of."""
        query = _owed().where(postings.c.seller_url == seller_url)
        with reading(self._engine) as connection:
            return [Owed(url, int(sum_), it) for url, it, sum_ in connection.execute(query)]

    def owed_to_sellers(self, *, after: str, limit: int) -> list[Owed]:
        """The same of so many sellers, by URL."""
        sellers = (
            select(postings.c.seller_url)
            .where(postings.c.seller_url > after)
            .distinct()
            .order_by(postings.c.seller_url)
            .limit(limit)
        )
        query = _owed().where(postings.c.seller_url.in_(sellers))
        with reading(self._engine) as connection:
            return [Owed(url, int(sum_), it) for url, it, sum_ in connection.execute(query)]

    def of_seller(
        self, seller_url: str, *, after: tuple[int, int] | None, limit: int
    ) -> list[Booked]:
        """So many journals that concern a seller, the newest first; `after` is the time and the
        id of the last one that was seen."""
        mine = select(postings.c.journal_id).where(postings.c.seller_url == seller_url)
        query = select(journals).where(journals.c.id.in_(mine))
        if after is not None:
            query = query.where(tuple_(journals.c.at_ms, journals.c.id) < after)
        query = query.order_by(journals.c.at_ms.desc(), journals.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return _whole(connection, connection.execute(query).all())

    def every(self) -> Iterator[list[Booked]]:
        """All journals in the order in which things happened, some at a time."""
        after = (-1, -1)
        while True:
            query = select(journals).where(tuple_(journals.c.at_ms, journals.c.id) > after)
            query = query.order_by(journals.c.at_ms, journals.c.id).limit(_AT_ONCE)
            with reading(self._engine) as connection:
                found = _whole(connection, connection.execute(query).all())
            if not found:
                return
            yield found
            after = (found[-1].journal.at_ms, found[-1].id)

    def _add(self, connection: Connection, journal: Journal) -> bool:
        row = {
            "payment_url": journal.payment_url,
            "kind": journal.kind.value,
            "at_ms": journal.at_ms,
            "booked_at_ms": self._clock(),
        }
        statement = insert_or(connection, journals).values(row)
        statement = statement.on_conflict_do_nothing(index_elements=["payment_url", "kind"])
        added = connection.execute(statement.returning(journals.c.id)).first()
        if added is None:
            return False
        lines = [
            {
                "journal_id": added.id,
                "line": number,
                "account": one.account.value,
                "seller_url": one.seller_url,
                "currency": one.currency,
                "amount_minor": one.amount_minor,
            }
            for number, one in enumerate(journal.postings)
        ]
        connection.execute(insert(postings), lines)
        return True


def _owed() -> Any:
    by = (postings.c.seller_url, postings.c.currency)
    return select(*by, -func.sum(postings.c.amount_minor)).group_by(*by).order_by(*by)


def _of_payment(connection: Connection, payment_url: str) -> list[Booked]:
    query = select(journals).where(journals.c.payment_url == payment_url).order_by(journals.c.id)
    return _whole(connection, connection.execute(query).all())


def _whole(connection: Connection, rows: Sequence[Row[Any]]) -> list[Booked]:
    lines: dict[int, list[Posting]] = {row.id: [] for row in rows}
    query = select(postings).where(postings.c.journal_id.in_(lines))
    for line in connection.execute(query.order_by(postings.c.journal_id, postings.c.line)):
        lines[line.journal_id].append(
            Posting(
                account=Account(line.account),
                amount_minor=line.amount_minor,
                currency=line.currency,
                seller_url=line.seller_url,
            )
        )
    return [
        Booked(
            row.id,
            Journal(
                payment_url=row.payment_url,
                kind=Kind(row.kind),
                at_ms=row.at_ms,
                postings=tuple(lines[row.id]),
            ),
        )
        for row in rows
    ]


def _check_same(booked: Journal, wanted: Journal | None) -> None:
    if wanted is None:
        raise NotBooked(f"is booked as {booked.kind}, and is no longer")
    if booked != wanted:
        raise NotBooked(f"is booked as {booked.kind} of other amounts, another seller or time")
