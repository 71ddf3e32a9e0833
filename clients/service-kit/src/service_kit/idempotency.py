"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header): one key, one effect, one answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
)

from service_kit.errors import KeyReused

__all__ = ["KeyReused", "StoredAnswer", "fingerprint_of", "idempotency_table", "recall", "remember"]


@dataclass(frozen=True)
class StoredAnswer:
    """The answer that a key's first request got: HTTP status, body text and headers to repeat."""

    status: int
    body: str
    headers: Mapping[str, str]


def idempotency_table(metadata: MetaData) -> Table:
    """The table of keys, a row a client and key, with the answer they got."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("client", String(64), primary_key=True),
        Column("key", String(255), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("headers", JSON, nullable=False),
        Column("created_at_ms", BigInteger, nullable=False, index=True),
    )


def fingerprint_of(request: Any) -> str:
    """A digest of what was asked: equal for equal JSON values, whatever their spelling."""
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def recall(
    connection: Connection, table: Table, client: str, key: str, fingerprint: str
) -> StoredAnswer | None:
    """The answer this client's key got before; None for a new key.

    Raises KeyReused when the key came with another request. Call it in the transaction, and
    inside the lock, that `remember` will use.
    """
    row = connection.execute(
        select(table).where(table.c.client == client, table.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise KeyReused("this idempotency key was used for another request")
    return StoredAnswer(row.status, row.body, row.headers)


def remember(
    connection: Connection,
    table: Table,
    *,
    client: str,
    key: str,
    fingerprint: str,
    answer: StoredAnswer,
    now_ms: int,
) -> None:
    """Keep the answer for the key, in the transaction of the effect it had."""
    connection.execute(
        insert(table).values(
            client=client,
            key=key,
            fingerprint=fingerprint,
            status=answer.status,
            body=answer.body,
            headers=dict(answer.headers),
            created_at_ms=now_ms,
        )
    )
