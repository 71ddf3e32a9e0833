"""Idempotency keys: many at once, and for a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from service_kit.dialects import insert_all
from service_kit.idempotency import StoredAnswer
from sqlalchemy import Delete, bindparam, delete, select, tuple_

from bids_service.model import Key
from bids_service.storage.database import Database, Transaction
from bids_service.storage.tables import idempotency_keys as table
from bids_service.storage.tables import waiting_commands

KeyId = tuple[str, str]

_AT_ONCE = 5_000
_id = (table.c.client, table.c.key)

_of_client = select(table).where(
    table.c.client == bindparam("client"), table.c.key.in_(bindparam("keys"))
)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """The answer that a key has, and since when."""

    key: Key
    answer: StoredAnswer
    at_ms: int


def recall_all(transaction: Transaction, keys: Iterable[Key]) -> dict[KeyId, StoredKey]:
    """What is stored under these keys.

    Call it in the transaction, and inside the lock, that `remember_all` will use.
    """
    found: dict[KeyId, StoredKey] = {}
    for client, of_client in groupby(sorted({key.id for key in keys}), key=lambda it: it[0]):
        asked = {"client": client, "keys": [key for _, key in of_client]}
        for row in transaction.execute(_of_client, asked):
            key = Key(client=row.client, key=row.key, fingerprint=row.fingerprint)
            answer = StoredAnswer(row.status, row.body, row.headers)
            found[key.id] = StoredKey(key, answer, row.created_at_ms)
    return found


def remember_all(transaction: Transaction, stored: Sequence[StoredKey]) -> None:
    """Keep answers, in the transaction of the effects they tell of.

    In the order of the keys, so that two transactions with equal keys don't wait for each other.
    """
    rows = [
        {
            "client": it.key.client,
            "key": it.key.key,
            "fingerprint": it.key.fingerprint,
            "status": it.answer.status,
            "body": it.answer.body,
            "headers": dict(it.answer.headers),
            "created_at_ms": it.at_ms,
        }
        for it in sorted(stored, key=lambda it: it.key.id)
    ]
    insert_all(transaction, table, rows)


def forget_keys(database: Database, before_ms: int) -> int:
    """Delete keys first used before a time, with what they wait for; returns how many keys.

    Raises StoreUnavailable.
    """
    old_commands = (
        select(waiting_commands.c.id)
        .where(
            waiting_commands.c.accepted_at_ms < before_ms, waiting_commands.c.status.is_not(None)
        )
        .limit(_AT_ONCE)
    )
    old_keys = select(*_id).where(table.c.created_at_ms < before_ms).limit(_AT_ONCE)
    _delete_all(database, delete(waiting_commands).where(waiting_commands.c.id.in_(old_commands)))
    return _delete_all(database, delete(table).where(tuple_(*_id).in_(old_keys)))


def _delete_all(database: Database, some: Delete) -> int:
    """Some at a time: nobody who bids waits for a month's worth."""
    deleted = 0
    while True:
        with database.writing() as transaction:
            count = transaction.execute(some).rowcount
        deleted += count
        if count < _AT_ONCE:
            return deleted
