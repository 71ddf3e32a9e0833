"""The tables of one drain, prefixed: they may live in the database of the service they serve, and
beside those of other drains."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)


@dataclass(frozen=True)
class Tables:
    """All of one drain's. `prefix` begins their names and those of their indexes."""

    prefix: str
    metadata: MetaData
    versions: Table
    owner: Table
    seen: Table
    newest: Table
    marks: Table
    cached: Table
    busts: Table
    runs: Table


def tables_of(drain: str) -> Tables:
    """Those of the drain of this name; `""` is the one that has none."""
    prefix = f"bus_drain_{drain}_" if drain else "bus_drain"  # two underscores follow no other name
    metadata = MetaData()
    return Tables(
        prefix=prefix,
        metadata=metadata,
        versions=Table(f"{prefix}_versions", metadata, Column("number", Integer, nullable=False)),
        owner=Table(f"{prefix}_owner", metadata, Column("uuid_digest", String(64), nullable=False)),
        seen=Table(
            f"{prefix}_seen",
            metadata,
            Column("id", Text, primary_key=True),
            Column("at_ms", BigInteger, nullable=False),  # no index: each delivery would pay for it
            sqlite_with_rowid=False,
        ),
        newest=Table(
            f"{prefix}_newest",
            metadata,
            Column("url", Text, primary_key=True),
            Column("position", BigInteger),
            Column("t", BigInteger, nullable=False),
            Column("at_ms", BigInteger, nullable=False, index=True),
        ),
        marks=Table(
            f"{prefix}_marks",
            metadata,
            Column("url", Text, primary_key=True),
            Column("token", String(32), nullable=False),
            Column("at_ms", BigInteger, nullable=False),
            Index(f"{prefix}_marks_oldest", "at_ms", "url"),
        ),
        cached=Table(
            f"{prefix}_cached",
            metadata,
            Column("url", Text, primary_key=True),
            Column("owner", String(64), primary_key=True),
            Column("body", LargeBinary, nullable=False),
            Column("at_ms", BigInteger, nullable=False, index=True),
        ),
        busts=Table(
            f"{prefix}_busts",
            metadata,
            Column("url", Text, primary_key=True),
            Column("ticket", String(32), nullable=False),
            Column("at_ms", BigInteger, nullable=False, index=True),
        ),
        runs=Table(
            f"{prefix}_runs",
            metadata,
            Column("id", Text, primary_key=True),
            Column("walk", Text, key="iteration", nullable=False),
            Column("argument", Text, nullable=False),
            Column("status", String(16), nullable=False),
            Column("cursor", Text),
            Column("done", BigInteger, nullable=False),
            Column("total", BigInteger),
            Column("owner", String(64)),
            Column("beat_at_ms", BigInteger, nullable=False),
            Column("not_before_ms", BigInteger, nullable=False),
            Column("failures", Integer, nullable=False),
            Column("error", Text),
            Column("version", BigInteger, nullable=False),
        ),
    )
