"""Which mail goes to whom, each once."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service_kit.database import reading, writing
from service_kit.money import Money
from sqlalchemy import ColumnElement, Engine, select, update

from mailer_service.model import Letter, Notice
from mailer_service.storage import lease
from mailer_service.storage.tables import mails
from mailer_service.storage.upsert import insert_or


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail that is to be sent, claimed `attempts` times so far."""

    id: int
    entity_url: str
    kind: str
    recipient_url: str
    letter: Letter
    traceparent: str
    created_at_ms: int
    version: int
    attempts: int


class Ledger:
    """One row a mail, for good. Every method is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unwritten(self, notices: Sequence[Notice]) -> list[Notice]:
        """Those of the notices that have no mail yet."""
        with reading(self._engine) as connection:
            return [
                notice
                for notice in notices
                if connection.execute(select(mails.c.id).where(*_same(notice))).first() is None
            ]

    def write(
        self, letters: Sequence[tuple[Notice, Letter]], *, traceparent: str, now_ms: int
    ) -> list[int]:
        """Enter mails, due now; returns the ids of those that were not there before."""
        with writing(self._engine) as connection:
            entered = [
                connection.execute(
                    insert_or(connection, mails)
                    .values(
                        **_key(notice),
                        letter=_to_json(letter),
                        traceparent=traceparent,
                        created_at_ms=now_ms,
                        due_at_ms=now_ms,
                        version=1,
                        attempts=0,
                    )
                    .on_conflict_do_nothing()
                    .returning(mails.c.id)
                ).scalar_one_or_none()
                for notice, letter in letters
            ]
        return [mail_id for mail_id in entered if mail_id is not None]

    def write_off(self, notice: Notice, *, reason: str, traceparent: str, now_ms: int) -> None:
        """Enter a mail that can't be written, as given up."""
        with writing(self._engine) as connection:
            connection.execute(
                insert_or(connection, mails)
                .values(
                    **_key(notice),
                    traceparent=traceparent,
                    created_at_ms=now_ms,
                    given_up_at_ms=now_ms,
                    last_error=reason,
                    version=1,
                    attempts=0,
                )
                .on_conflict_do_nothing()
            )

    def claim(self, mail_id: int, *, now_ms: int, lease_ms: int) -> Mail | None:
        """Take a mail for `lease_ms`; None when it is sent, given up, not due or somebody's."""
        with writing(self._engine) as connection:
            row = lease.claim(connection, mails, mail_id, now_ms=now_ms, lease_ms=lease_ms)
        if row is None:
            return None
        return Mail(
            id=row.id,
            entity_url=row.entity_url,
            kind=row.kind,
            recipient_url=row.recipient_url,
            letter=_from_json(row.letter),
            traceparent=row.traceparent,
            created_at_ms=row.created_at_ms,
            version=row.version,
            attempts=row.attempts,
        )

    def sent(self, mail: Mail, *, now_ms: int) -> None:
        """Record that it left, whoever holds the claim by now: it did leave."""
        self._finish(mail, sent_at_ms=now_ms, given_up_at_ms=None, last_error=None)

    def give_up(self, mail: Mail, *, reason: str, now_ms: int) -> None:
        """Record that it will not be sent, and why; unless another claimant has sent it."""
        self._finish(mail, mails.c.sent_at_ms.is_(None), given_up_at_ms=now_ms, last_error=reason)

    def put_off(self, mail: Mail, *, reason: str, due_at_ms: int) -> None:
        """Send it at `due_at_ms`, because of `reason`."""
        with writing(self._engine) as connection:
            lease.put_off(
                connection,
                mails,
                mail.id,
                version=mail.version,
                due_at_ms=due_at_ms,
                last_error=reason,
            )

    def due(self, *, now_ms: int, limit: int) -> list[int]:
        """Ids of mails to send now."""
        with reading(self._engine) as connection:
            return lease.due(connection, mails, now_ms=now_ms, limit=limit)

    def _finish(self, mail: Mail, *conditions: ColumnElement[bool], **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(mails)
                .where(mails.c.id == mail.id, *conditions)
                .values(due_at_ms=None, letter=None, **values)
            )


def _key(notice: Notice) -> dict[str, str]:
    return {
        "entity_url": notice.entity_url,
        "kind": notice.kind,
        "recipient_url": notice.recipient_url,
    }


def _same(notice: Notice) -> list[Any]:
    return [mails.c[name] == value for name, value in _key(notice).items()]


def _to_json(letter: Letter) -> str:
    price = letter.price.to_wire() if letter.price else None
    return json.dumps(asdict(letter) | {"price": price})


def _from_json(text: str) -> Letter:
    fields = json.loads(text)
    price = Money.parse(fields["price"]) if fields["price"] else None
    return Letter(**(fields | {"price": price}))
