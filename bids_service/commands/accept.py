"""Commands accepted to be answered later (202), and applied in the order they came."""

from service_kit.errors import KeyReused
from service_kit.hal import MEDIA_TYPE
from service_kit.idempotency import StoredAnswer

from bids_service.commands.answers import answer_command
from bids_service.commands.decide import Books, decide_all
from bids_service.model import AcceptedCommand, CommandRequest
from bids_service.storage import accepted_commands
from bids_service.storage.biddings import lock
from bids_service.storage.database import Transaction, once_more_if_raced
from bids_service.storage.idempotency import StoredKey, recall_all, remember_all

ACCEPTED = 202
_AT_ONCE = 100


def accept(books: Books, request: CommandRequest) -> StoredAnswer:
    """Keep a command; the answer says where its outcome will be. Repeatable.

    A key that was answered at once before has that answer. Raises KeyReused, StoreUnavailable.
    """
    answer = once_more_if_raced(lambda: _accept(books, request))
    books.database.accepted_channel.notify()
    return answer


def answer_of(accepted: AcceptedCommand) -> StoredAnswer | None:
    """The answer that an accepted command got; None while it waits."""
    if accepted.status is None or accepted.body is None:
        return None
    media_type = MEDIA_TYPE if accepted.status < 400 else "application/problem+json"
    location = {"Location": accepted.location} if accepted.location else {}
    return StoredAnswer(accepted.status, accepted.body, {"Content-Type": media_type} | location)


def apply_accepted(books: Books) -> int:
    """Apply all that waits, oldest first; returns how many.

    Killed halfway, what is left is applied by the next round. Raises StoreUnavailable.
    """
    total = 0
    while done := _apply_next(books):
        books.database.outbox_channel.notify()
        total += done
    return total


def _accept(books: Books, request: CommandRequest) -> StoredAnswer:
    with books.database.writing() as transaction:
        before = recall_all(transaction, [request.key]).get(request.key.id)
        if before is None:
            return _insert(books, transaction, request)
        if before.key.fingerprint != request.key.fingerprint:
            raise KeyReused("this idempotency key was used for another request")
        return before.answer


def _insert(books: Books, transaction: Transaction, request: CommandRequest) -> StoredAnswer:
    now_ms = books.clock()
    command_id = accepted_commands.insert_accepted(transaction, request, now_ms)
    answer = StoredAnswer(ACCEPTED, "", {"Location": books.urls.command(command_id)})
    remember_all(transaction, [StoredKey(request.key, answer, now_ms)])
    return answer


def _apply_next(books: Books) -> int:
    """Up to `_AT_ONCE` in one transaction: killed halfway, all of them still wait."""
    with books.database.writing() as transaction:
        waiting = accepted_commands.lock_waiting(transaction, _AT_ONCE)
        if not waiting:
            return 0
        commands = [(auction, command) for _, auction, command in waiting]
        locked = lock(transaction, [auction for auction, _ in commands])
        applied = decide_all(books, transaction, locked, commands)
        answers = [
            (command_id, answer_command(what, books.urls))
            for (command_id, _, _), what in zip(waiting, applied, strict=True)
        ]
        accepted_commands.settle(transaction, answers)
    return len(waiting)
