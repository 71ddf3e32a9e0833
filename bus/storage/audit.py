"""The audit: each act is written in the transaction that does it (docs/delivery.md D36)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from service_kit.clock import Clock
from service_kit.database import reading
from sqlalchemy import Connection, Engine, Select, delete, insert, or_, select

from bus.model.audit import Act, AuditEntry
from bus.storage.columns import from_json
from bus.storage.tables import audit

KEPT_MS = 90 * 24 * 60 * 60 * 1000
KEPT = 100_000
# What the running call does, until a transaction has written it down.
_ACT: ContextVar[Act | None] = ContextVar("act", default=None)


class Audit:
    """What was done of late: 90 days of it, and 100 000 acts at most."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms

    @contextmanager
    def acting(self, act: Act) -> Iterator[None]:
        """The first change of the registry in this block is this act; without one nothing was
        done."""
        before = _ACT.set(act)
        try:
            yield
        finally:
            _ACT.reset(before)

    def record(self, connection: Connection) -> None:
        """Write the act down that this transaction does, if it is one of somebody's."""
        act = _ACT.get()
        if act is None:
            return
        now_ms = self._now_ms()
        added = connection.execute(
            insert(audit).values(
                at_ms=now_ms,
                client=act.caller.client,
                by=act.caller.by,
                act=act.act,
                on=act.on[:255],
                owner=act.owner,
                details=json.dumps(act.details),
            )
        ).inserted_primary_key
        assert added is not None
        connection.execute(delete(audit).where(audit.c.at_ms < now_ms - KEPT_MS))
        connection.execute(delete(audit).where(audit.c.id <= int(added[0]) - KEPT))
        _ACT.set(None)

    def last(self, act: str, on: str, owner: str) -> AuditEntry | None:
        """Who did this last to a path of an owner's."""
        wanted = (
            select(audit)
            .where(audit.c.owner == owner, audit.c.act == act, audit.c.on == on[:255])
            .order_by(audit.c.id.desc())
            .limit(1)
        )
        return next(iter(self._entries(wanted)), None)

    def page(
        self,
        *,
        viewer: str | None = None,
        client: str | None = None,
        act: str | None = None,
        since_ms: int | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[AuditEntry]:
        """So many acts, the newest first, before one: those that a viewer did or that were done to
        what it owns (None: all), of a client, of a kind, at a time or later."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
        for name in (viewer, client):
            if name is not None:
                wanted = wanted.where(or_(audit.c.client == name, audit.c.owner == name))
        if act is not None:
            wanted = wanted.where(audit.c.act == act)
        if since_ms is not None:
            wanted = wanted.where(audit.c.at_ms >= since_ms)
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        return self._entries(wanted)

    def _entries(self, wanted: Select[Any]) -> list[AuditEntry]:
        with reading(self._engine) as connection:
            return [
                AuditEntry(**row | {"details": from_json(row["details"]) or {}})
                for row in map(dict, connection.execute(wanted).mappings())
            ]
