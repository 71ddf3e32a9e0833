"""Commands that somebody holds a 202 for. Their text holds maxima, so answering one deletes it."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, get_args

import msgspec
from service_kit.idempotency import StoredAnswer
from service_kit.logs import get_logger
from sqlalchemy import bindparam, insert, select, update

from bids_service.engine.book import Command
from bids_service.model import CommandRequest
from bids_service.storage.database import Transaction
from bids_service.storage.tables import waiting_commands as table

log = get_logger(__name__)

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


def insert_accepted(transaction: Transaction, request: CommandRequest, now_ms: int) -> int:
    """A command that waits from now on; returns its id."""
    values = {
        "client": request.key.client,
        "key": request.key.key,
        "fingerprint": request.key.fingerprint,
        "auction": request.auction,
        "text": _text_of(request.command),
        "accepted_at_ms": now_ms,
    }
    key = transaction.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def lock_waiting(transaction: Transaction, most: int) -> list[tuple[int, str, Command]]:
    """Id, auction and command of up to `most` that wait, oldest first, locked.

    One that this version can't read waits on, and so do those that came after it for its auction.
    """
    found: list[tuple[int, str, Command]] = []
    held: set[str] = set()
    for row in transaction.execute(_next, {"most": most}):
        command = _command_from(row.text)
        if command is None:
            _tell_once(row.id)
            held.add(row.auction)
        elif row.auction not in held:
            found.append((row.id, row.auction, command))
    return found


def settle(transaction: Transaction, answers: Sequence[tuple[int, StoredAnswer]]) -> None:
    """The answers that commands got, by their ids."""
    transaction.execute(_settle, [_settled(command_id, answer) for command_id, answer in answers])


def _text_of(command: Command) -> str:
    named = {"command": type(command).__name__} | msgspec.to_builtins(command)
    return json.dumps(named, separators=(",", ":"))


def _command_from(text: str | bytes) -> Command | None:
    try:
        fields = json.loads(text)
        command: Command = msgspec.convert(fields, _KINDS[fields.pop("command")])
    except (ValueError, TypeError, LookupError, AttributeError, msgspec.ValidationError):
        return None
    return command


@cache
def _tell_once(command_id: int) -> None:
    log.error("a command that waits can't be read", command=command_id)


def _settled(command_id: int, answer: StoredAnswer) -> dict[str, Any]:
    return {
        "answered_id": command_id,
        "new_status": answer.status,
        "new_body": answer.body,
        "new_location": answer.headers.get("Location"),
    }
