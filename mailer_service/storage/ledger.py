"""Which mail goes to whom, each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Row,
    bindparam,
    func,
    select,
    update,
)

from mailer_service.model.kinds import Priority, kind_of
from mailer_service.model.mails import Letter, Notice
from mailer_service.storage import lease
from mailer_service.storage.decoding import decoded
from mailer_service.storage.tables import mails

Outcome = Literal[
    "sent",  # the mail server has it
    "summed",  # a summary tells it
    "off",  # the recipient wants none of this kind
    "suppressed",  # the recipient's address was refused for good before
    "gone",  # the recipient, or what it is about, is no more
    "moot",  # nothing waits for it any more
    "late",  # pointless by the time it would have left
    "refused",  # the mail server will never take it
    "given-up",  # tried for five days
]


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A mail that is ours until the claim runs out; claimed `attempts` times so far."""

    id: int
    entity_url: str
    kind: str
    recipient_url: str
    traceparent: str
    created_at_ms: int
    version: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Noticed(Claimed):
    """A mail whose letter is to be written."""

    notice: Notice


@dataclass(frozen=True, kw_only=True)
class Ready(Claimed):
    """A mail that is to be sent; `written_at_ms` is when it became one: a digest's is the morning
    on which it leaves, not the day on which its first item came."""

    letter: Letter
    written_at_ms: int


@dataclass(frozen=True, kw_only=True)
class Unreadable(Claimed):
    """A mail whose words are none that this version can read."""


class Ledger:
    """One row a mail, for good. Every method is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def enter(self, notices: Sequence[Notice], *, traceparent: str, now_ms: int) -> None:
        """Enter mails, due now; those that are there already stay as they are."""
        if not notices:
            return
        with writing(self._engine) as connection:
            enter(connection, notices, traceparent=traceparent, now_ms=now_ms, due_at_ms=now_ms)

    def claim_to_write(self, *, now_ms: int, lease_ms: int) -> Noticed | Unreadable | None:
        """Take the most urgent mail without a letter; None when there is none."""
        for row in self._claim("noticed", now_ms=now_ms, lease_ms=lease_ms, limit=1):
            notice = decoded(row.notice, Notice)
            if notice is None:
                return Unreadable(**_claimed(row))
            return Noticed(**_claimed(row), notice=notice)
        return None

    def claim_to_send(self, *, now_ms: int, lease_ms: int, limit: int) -> list[Ready | Unreadable]:
        """Take up to `limit` mails that are ready, the most urgent first."""
        rows = self._claim("ready", now_ms=now_ms, lease_ms=lease_ms, limit=limit)
        letters = [decoded(row.letter, Letter) for row in rows]
        return [
            _ready(row, letter) if letter else Unreadable(**_claimed(row))
            for row, letter in zip(rows, letters, strict=True)
        ]

    def is_ready(self, *, now_ms: int) -> bool:
        """Whether a mail is to be sent now."""
        return bool(self._due("ready", now_ms=now_ms, limit=1))

    def sent(self, mail: Claimed, *, now_ms: int) -> None:
        """Record that it left, whoever holds the claim by now: it did leave."""
        with writing(self._engine) as connection:
            connection.execute(_SENT, {"mail_id": mail.id, "now_ms": now_ms})

    def left_before(self, mails_taken: Iterable[tuple[int, int]], *, now_ms: int) -> None:
        """Record that these, by id and created_at_ms, have left, where nobody has yet."""
        asked = [
            {"mail_id": mail_id, "only_created_at_ms": created_at_ms, "now_ms": now_ms}
            for mail_id, created_at_ms in mails_taken
        ]
        with writing(self._engine) as connection:
            connection.execute(_LEFT_BEFORE, asked)

    def end(self, mail: Claimed, outcome: Outcome, *, reason: str | None, now_ms: int) -> None:
        """Record that it will not be sent, and why; unless another claimant has sent it."""
        unsent = mails.c.sent_at_ms.is_(None)
        self._finish(mail, outcome, unsent, now_ms=now_ms, last_error=reason)

    def put_off(self, mail: Claimed, *, reason: str | None, due_at_ms: int) -> None:
        """Go on with it at `due_at_ms`, because of `reason`."""
        with writing(self._engine) as connection:
            lease.put_off(
                connection,
                mails,
                mail.id,
                version=mail.version,
                due_at_ms=due_at_ms,
                last_error=reason,
            )

    def write_again(self, mail: Claimed, *, now_ms: int) -> bool:
        """Have its letter written anew from the notice that was kept for that; False when none
        was, or the claim was lost."""
        ours = (mails.c.id == mail.id, mails.c.version == mail.version, mails.c.step == "ready")
        again = update(mails).where(*ours, mails.c.notice.is_not(None))
        counted = {"attempts": mails.c.attempts - 1, "version": mails.c.version + 1}
        values = {"step": "noticed", "letter": None, "due_at_ms": now_ms, **counted}
        with writing(self._engine) as connection:
            return connection.execute(again.values(values)).rowcount > 0

    def give_back(self, unsent: Sequence[Claimed], *, now_ms: int) -> None:
        """Let others have mails that were claimed and not tried."""
        if not unsent:
            return
        with writing(self._engine) as connection:
            for mail in unsent:
                lease.put_off(
                    connection,
                    mails,
                    mail.id,
                    version=mail.version,
                    due_at_ms=now_ms,
                    attempts=mail.attempts - 1,
                )

    def _due(self, step: str, *, now_ms: int, limit: int) -> list[int]:
        with reading(self._engine) as connection:
            return lease.due(
                connection,
                mails,
                priorities=Priority,
                now_ms=now_ms,
                limit=limit,
                step=step,
            )

    def _claim(self, step: str, *, now_ms: int, lease_ms: int, limit: int) -> list[Row[Any]]:
        # Looked for without the writers' lock, and more than asked for, because others look too.
        ids = self._due(step, now_ms=now_ms, limit=limit + 7)
        claimed: list[Row[Any]] = []
        while ids and not claimed:
            batch, ids = ids[:limit], ids[limit:]
            with writing(self._engine) as connection:
                rows = lease.claim(connection, mails, batch, now_ms=now_ms, lease_ms=lease_ms)
            claimed = [row for row in rows if row.step == step]
        return claimed

    def _finish(
        self,
        mail: Claimed,
        outcome: Outcome,
        *conditions: ColumnElement[bool],
        now_ms: int,
        **values: Any,
    ) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(mails)
                .where(mails.c.id == mail.id, *conditions)
                .values(ended(outcome, now_ms=now_ms) | values)
            )
            if kind_of(mail.kind).priority is Priority.SUMMARY:
                _end_held(connection, mail, outcome, now_ms)


def _end_held(connection: Connection, mail: Claimed, outcome: Outcome, now_ms: int) -> None:
    # What an unwritten summary would have told ends as it does.
    lock_recipient(connection, mail.recipient_url)
    connection.execute(
        update(mails)
        .where(mails.c.held_for == mail.id, mails.c.step == "held")
        .values(ended(outcome, now_ms=now_ms))
    )


def enter(
    connection: Connection,
    notices: Iterable[Notice],
    *,
    traceparent: str,
    now_ms: int,
    due_at_ms: int,
) -> None:
    """Enter mails inside somebody's transaction; those that are there already stay."""
    connection.execute(
        insert_or(connection, mails).on_conflict_do_nothing(),
        [
            {
                "entity_url": notice.entity_url,
                "kind": notice.kind,
                "recipient_url": notice.recipient_url,
                "auction_url": notice.auction_url,
                "step": "noticed",
                "notice": msgspec.json.encode(notice).decode(),
                "traceparent": traceparent,
                "created_at_ms": now_ms,
                "priority": kind_of(notice.kind).priority.value,
                "due_at_ms": due_at_ms,
                "version": 1,
                "attempts": 0,
            }
            for notice in notices
        ],
    )


def ended(outcome: Outcome, *, now_ms: int | BindParameter[int]) -> dict[str, Any]:
    """What a row says once nothing is left to do; its words are forgotten."""
    return {
        "step": "done",
        "outcome": outcome,
        "ended_at_ms": now_ms,
        "due_at_ms": None,
        "notice": None,
        "letter": None,
    }


# Built once: this is done for every mail, between its 250 and the moment that we know of it.
_NOW_MS = bindparam("now_ms", type_=BigInteger)
_SENT = (
    update(mails)
    .where(mails.c.id == bindparam("mail_id"))
    .values(ended("sent", now_ms=_NOW_MS) | {"sent_at_ms": _NOW_MS, "last_error": None})
)
_LEFT_BEFORE = _SENT.where(
    mails.c.created_at_ms == bindparam("only_created_at_ms", type_=BigInteger),
    mails.c.sent_at_ms.is_(None),
)


def _claimed(row: Row[Any]) -> dict[str, Any]:
    return {
        name: getattr(row, name)
        for name in (
            *("id", "entity_url", "kind", "recipient_url"),
            *("traceparent", "created_at_ms", "version", "attempts"),
        )
    }


def _ready(row: Row[Any], letter: Letter) -> Ready:
    written_at_ms = row.placed_at_ms or row.created_at_ms
    return Ready(**_claimed(row), letter=letter, written_at_ms=written_at_ms)


def lock_recipient(connection: Connection, recipient_url: str) -> None:
    """One at a time for one recipient, because what is counted and what follows from it must not
    race: blocks until no other transaction has this lock; it ends with this transaction.

    On SQLite there is one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(recipient_url, 0)))
        )
