"""Commands that were taken in to be answered later, carried out in the order they came."""

import json
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec
from service_kit.clock import Clock
from service_kit.errors import KeyReused
from service_kit.idempotency import StoredAnswer
from service_kit.notify import NotifyChannel
from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from bids_service.engine.book import Command
from bids_service.model import Applied, Key, Order, TakenIn
from bids_service.storage.deciding import decide_all, locked
from bids_service.storage.keys import Kept, recall_all, remember_all
from bids_service.storage.tables import waiting_commands as table
from bids_service.storage.transactions import new_id, once_more_if_raced, reading, writing
from bids_service.urls import Urls

TAKEN_IN = 202
_KINDS: Mapping[str, type[Command]] = {kind.__name__: kind for kind in get_args(Command)}

_next = (
    select(table)
    .where(table.c.status.is_(None))
    .order_by(table.c.id)
    .limit(bindparam("most"))
    # A second worker waits here and then finds them answered: the order is kept.
    .with_for_update()
)
_settle = (
    update(table)
    .where(table.c.id == bindparam("answered_id"))
    .values(
        status=bindparam("new_status"),
        body=bindparam("new_body"),
        location=bindparam("new_location"),
        text=None,
    )
)


class WaitingCommands:
    """The table of commands that somebody holds a 202 for. Raises StoreUnavailable.

    Their text holds maxima, so it is gone once they are answered.
    """

    def __init__(self, engine: Engine, urls: Urls, clock: Clock, channel: NotifyChannel) -> None:
        self._engine = engine
        self._urls = urls
        self._clock = clock
        self._channel = channel

    def take_in(self, order: Order) -> StoredAnswer:
        """Keep an order; the answer says where its outcome will be. Repeatable.

        A key that was answered at once before has that answer. Raises KeyReused.
        """
        answer = once_more_if_raced(lambda: self._take_in(order))
        self._channel.notify()
        return answer

    def answer_to(self, key: Key) -> StoredAnswer | None:
        """The answer that a key's command got; None while it waits."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(table).where(table.c.client == key.client, table.c.key == key.key)
            ).one()
        return None if row.status is None else _answer_from(row)

    def outcome(self, command_id: int) -> TakenIn | None:
        """What became of a command."""
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.id == command_id)).one_or_none()
        if row is None:
            return None
        answer = None if row.status is None else _answer_from(row)
        return TakenIn(
            id=row.id, client=row.client, accepted_at_ms=row.accepted_at_ms, answer=answer
        )

    def carry_out(self, most: int, answer: Callable[[Applied], StoredAnswer]) -> int:
        """Carry out up to `most`, oldest first, in one transaction; returns how many.

        Killed halfway, all of them still wait.
        """
        with writing(self._engine) as connection:
            rows = connection.execute(_next, {"most": most}).all()
            if not rows:
                return 0
            commands = [(row.auction, _command_from(row.text)) for row in rows]
            kept = locked(connection, [auction for auction, _ in commands])
            applied = decide_all(connection, kept, commands, urls=self._urls, clock=self._clock)
            answers = [
                _settled(row.id, answer(what)) for row, what in zip(rows, applied, strict=True)
            ]
            connection.execute(_settle, answers)
        return len(rows)

    def _take_in(self, order: Order) -> StoredAnswer:
        with writing(self._engine) as connection:
            before = recall_all(connection, [order.key]).get(order.key.id)
            if before is None:
                return self._insert(connection, order)
            if before.key.fingerprint != order.key.fingerprint:
                raise KeyReused("this idempotency key was used for another request")
            return before.answer

    def _insert(self, connection: Connection, order: Order) -> StoredAnswer:
        now_ms = self._clock()
        written = connection.execute(
            insert(table).values(
                client=order.key.client,
                key=order.key.key,
                fingerprint=order.key.fingerprint,
                auction=order.auction,
                text=_text_of(order.command),
                accepted_at_ms=now_ms,
            )
        )
        headers = {"Location": self._urls.command(new_id(written))}
        answer = StoredAnswer(TAKEN_IN, "", headers)
        remember_all(connection, [Kept(order.key, answer, now_ms)])
        return answer


def _text_of(command: Command) -> str:
    named = {"command": type(command).__name__} | msgspec.to_builtins(command)
    return json.dumps(named, separators=(",", ":"))


def _command_from(text: str) -> Command:
    fields = json.loads(text)
    command: Command = msgspec.convert(fields, _KINDS[fields.pop("command")])
    return command


def _answer_from(row: Any) -> StoredAnswer:
    media = "application/hal+json" if row.status < 400 else "application/problem+json"
    location = {"Location": row.location} if row.location else {}
    return StoredAnswer(row.status, row.body, {"Content-Type": media} | location)


def _settled(command_id: int, answer: StoredAnswer) -> dict[str, Any]:
    return {
        "answered_id": command_id,
        "new_status": answer.status,
        "new_body": answer.body,
        "new_location": answer.headers.get("Location"),
    }
