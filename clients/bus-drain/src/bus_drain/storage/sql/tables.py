"""The tables, prefixed: they may live in the database of the service they serve."""

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

metadata = MetaData()

versions = Table("bus_drain_versions", metadata, Column("number", Integer, nullable=False))
seen = Table(
    "bus_drain_seen",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # no index: each delivery would pay for it
    sqlite_with_rowid=False,
)
newest = Table(
    "bus_drain_newest",
    metadata,
    Column("url", Text, primary_key=True),
    Column("position", BigInteger),
    Column("t", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
marks = Table(
    "bus_drain_marks",
    metadata,
    Column("url", Text, primary_key=True),
    Column("token", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("bus_drain_marks_oldest", "at_ms", "url"),
)
cached = Table(
    "bus_drain_cached",
    metadata,
    Column("url", Text, primary_key=True),
    Column("owner", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
busts = Table(
    "bus_drain_busts",
    metadata,
    Column("url", Text, primary_key=True),
    Column("ticket", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
runs = Table(
    "bus_drain_runs",
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
)
