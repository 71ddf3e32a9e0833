"""The attempts log: the last deliveries of each subscription, kept by count and by age."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from itertools import islice
from typing import Any

from service_kit.database import reading
from sqlalchemy import ColumnElement, Connection, Engine, Select, or_, select

from bus.errors import NotFound
from bus.model.delivery import Attempt, AttemptFilter, Ended
from bus.model.positions import Ranges, ranges
from bus.storage.tables import attempts, events
from bus.storage.transactions import Driver

KEPT = 100
KEPT_MS = 3 * 24 * 60 * 60 * 1000
_NAMES = [field.name for field in fields(Attempt) if field.name != "id"]
_ADD = f"INSERT INTO attempts ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608
_CUT = (
    "DELETE FROM attempts WHERE subscription_id = ? AND id <= (SELECT id FROM attempts"
    " WHERE subscription_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)"
)
_EXPIRE = "DELETE FROM attempts WHERE at_ms < ?"
_KNOWN = "SELECT id FROM subscriptions"

_ANY = AttemptFilter()
_RUNS_AT_ONCE = 200


class Attempts:
    """What was sent, and what came back."""

    def __init__(self, engine: Engine, driver: Driver) -> None:
        self._engine = engine
        self._driver = driver

    def add(self, made: Sequence[Attempt], now_ms: int) -> None:
        """Keep these, and forget what is too old or too much."""
        with self._driver.writing() as statements:
            known = {row[0] for row in statements.rows(_KNOWN)}  # one may be deleted meanwhile
            ours = [one for one in made if one.subscription_id in known]
            statements.run_each(_ADD, [astuple(one)[1:] for one in ours])
            touched = {one.subscription_id for one in ours}
            statements.run_each(_CUT, [(each, each, KEPT) for each in touched])
            statements.run(_EXPIRE, (now_ms - KEPT_MS,))

    def all(
        self,
        subscription_id: int,
        before: int | None = None,
        limit: int = KEPT,
        wanted: AttemptFilter = _ANY,
    ) -> list[Attempt]:
        """The last attempts, newest first, older than one.

        Whether one was about a URL is told by the log; where its events are gone from that, by what
        is kept of its body.
        """
        asked = (
            select(attempts)
            .where(attempts.c.subscription_id == subscription_id, *_conditions(wanted))
            .order_by(attempts.c.id.desc())
            .limit(limit if wanted.url is None else KEPT)
        )
        if before is not None:
            asked = asked.where(attempts.c.id < before)
        with reading(self._engine) as connection:
            found = [Attempt(**row) for row in connection.execute(asked).mappings()]
            if wanted.url is None:
                return found
            about = (one for one in found if _is_about(connection, one, str(wanted.url)))
            return list(islice(about, limit))

    def ended(self, subscription_id: int) -> list[Ended]:
        """How the attempts at what was due ended, newest first: none that somebody wanted beside,
        a test event or a resend, for these say nothing of how the subscription fares."""
        c = attempts.c
        asked = (
            select(c.at_ms + c.duration_ms, c.status, c.error)
            .where(c.subscription_id == subscription_id, c.positions.is_not(None), ~c.resend)
            .order_by(c.id.desc())
        )
        with reading(self._engine) as connection:
            return [Ended(*row) for row in connection.execute(asked)]

    def one(self, subscription_id: int, attempt_id: int) -> Attempt:
        """An attempt. Raises NotFound."""
        wanted = select(attempts).where(
            attempts.c.subscription_id == subscription_id, attempts.c.id == attempt_id
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise NotFound("no such attempt")
        return Attempt(**row)


def _conditions(wanted: AttemptFilter) -> list[ColumnElement[bool]]:
    at_ms, found = attempts.c.at_ms, list[ColumnElement[bool]]()
    if wanted.since_ms is not None:
        found.append(at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        found.append(at_ms < wanted.until_ms)
    if wanted.status is not None:
        found.append(_has_status(wanted.status))
    return found


def _has_status(word: str) -> ColumnElement[bool]:
    if word == "error":
        return attempts.c.error.is_not(None)
    if word.endswith("xx"):
        least = int(word[0]) * 100
        return attempts.c.status.between(least, least + 99)
    return attempts.c.status == int(word)


def _is_about(connection: Connection, one: Attempt, url: str) -> bool:
    keys = (b'"url":"%b"', b'"subject":"%b"')
    if any(key % url.encode() in one.request_body for key in keys):
        return True
    runs = ranges(one.positions) if one.positions else []
    return any(
        connection.execute(_about(url, runs[start : start + _RUNS_AT_ONCE])).first() is not None
        for start in range(0, len(runs), _RUNS_AT_ONCE)
    )


def _about(url: str, runs: Ranges) -> Select[Any]:
    among = or_(*[events.c.position.between(*run) for run in runs])
    return select(events.c.position).where(among, events.c.url == url).limit(1)
