"""When a written mail is sent: now, later, or in a digest; and the digests themselves."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from service_kit.database import writing
from sqlalchemy import Connection, Engine, Row, case, select, update

from mailer_service.model.kinds import OF_WHAT_CHANGES
from mailer_service.model.mails import Letter
from mailer_service.policy import Decision, Delay, Digest, RecentMail, Summary
from mailer_service.storage import lease
from mailer_service.storage.decoding import decoded
from mailer_service.storage.ledger import Claimed, Noticed, ended, enter, lock_recipient
from mailer_service.storage.tables import mails

Decide = Callable[[Iterable[RecentMail]], Decision]
"""From what was let through lately to what becomes of this mail."""


class Schedule:
    """Every method is one transaction, and one at a time for a recipient; blocks on the database
    alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self, mail: Noticed, letter: Letter, decide: Decide, *, since_ms: int, now_ms: int
    ) -> None:
        """Record the letter and what becomes of it; `decide` is told of what left since
        `since_ms`. Does nothing when the claim was lost."""
        with writing(self._engine) as connection:
            lock_recipient(connection, mail.recipient_url)
            if not _is_ours(connection, mail):
                return
            decision = decide(_recent(connection, mail, since_ms))
            if isinstance(decision, Delay):
                due_at_ms = decision.due_at_ms
                lease.put_off(connection, mails, mail.id, version=mail.version, due_at_ms=due_at_ms)
            elif isinstance(decision, Digest):
                _add_to_digest(connection, mail, letter, decision, now_ms)
            else:
                _make_ready(connection, mail, letter, now_ms)

    def sum_up(
        self,
        mail: Noticed,
        write: Callable[[Sequence[Letter]], Letter | None],
        *,
        now_ms: int,
    ) -> None:
        """Write the letter of a summary from those it holds; without one there is nothing to
        tell. Does nothing when the claim was lost."""
        with writing(self._engine) as connection:
            lock_recipient(connection, mail.recipient_url)
            if not _is_ours(connection, mail):
                return
            held = _held_for(connection, mail)
            told = {row.id: one for row in held if (one := decoded(row.letter, Letter))}
            letter = write(list(told.values()))
            _end(connection, list(told), ended("summed", now_ms=now_ms))
            unreadable = [row.id for row in held if row.id not in told]
            _end(connection, unreadable, ended("given-up", now_ms=now_ms))
            if letter is None:
                _end(connection, [mail.id], ended("moot", now_ms=now_ms))
            else:
                _make_ready(connection, mail, letter, now_ms)


def _is_ours(connection: Connection, mail: Claimed) -> bool:
    found = connection.execute(
        select(mails.c.id).where(
            mails.c.id == mail.id, mails.c.version == mail.version, mails.c.step == "noticed"
        )
    )
    return found.first() is not None


def _recent(connection: Connection, mail: Claimed, since_ms: int) -> list[RecentMail]:
    rows = connection.execute(
        select(mails.c.kind, mails.c.auction_url, mails.c.placed_at_ms).where(
            mails.c.recipient_url == mail.recipient_url,
            mails.c.placed_at_ms > since_ms,
            mails.c.id != mail.id,
        )
    )
    return [RecentMail(row.kind, row.auction_url, row.placed_at_ms) for row in rows]


def _make_ready(connection: Connection, mail: Claimed, letter: Letter, now_ms: int) -> None:
    was_ready = mails.c.placed_at_ms.is_not(None)
    values: dict[str, Any] = {
        # Its letter was written before: the server's refusals count on, but for our own claim.
        "attempts": case((was_ready, mails.c.attempts - 1), else_=0),
        "placed_at_ms": now_ms,
    }
    if mail.kind in OF_WHAT_CHANGES:
        values["notice"] = mails.c.notice
    _move(connection, mail, letter, step="ready", due_at_ms=now_ms, **values)


def _add_to_digest(
    connection: Connection, mail: Claimed, letter: Letter, decision: Digest, now_ms: int
) -> None:
    for summary in decision.summaries:
        if (summary_id := _open_summary(connection, mail, summary, now_ms)) is not None:
            _move(connection, mail, letter, step="held", due_at_ms=None, held_for=summary_id)
            return
    raise RuntimeError("two summaries were written before their time")


def _open_summary(
    connection: Connection, mail: Claimed, summary: Summary, now_ms: int
) -> int | None:
    enter(
        connection,
        [summary.notice],
        traceparent=mail.traceparent,
        now_ms=now_ms,
        due_at_ms=summary.due_at_ms,
    )
    return connection.execute(
        select(mails.c.id).where(
            mails.c.entity_url == summary.notice.entity_url,
            mails.c.kind == summary.notice.kind,
            mails.c.recipient_url == summary.notice.recipient_url,
            mails.c.step == "noticed",
        )
    ).scalar_one_or_none()


def _move(connection: Connection, mail: Claimed, letter: Letter, **values: Any) -> None:
    connection.execute(
        update(mails)
        .where(mails.c.id == mail.id)
        .values(
            {
                "letter": msgspec.json.encode(letter).decode(),
                "notice": None,
                "attempts": 0,
                "version": mails.c.version + 1,
                **values,
            }
        )
    )


def _held_for(connection: Connection, mail: Claimed) -> Sequence[Row[Any, Any]]:
    return connection.execute(
        select(mails.c.id, mails.c.letter)
        .where(mails.c.held_for == mail.id, mails.c.step == "held")
        .order_by(mails.c.id)
    ).all()


def _end(connection: Connection, mail_ids: Sequence[int], values: dict[str, Any]) -> None:
    for mail_id in mail_ids:
        connection.execute(update(mails).where(mails.c.id == mail_id).values(values))
