"""Commands applied to biddings: each transaction whole or not at all."""

from collections.abc import Sequence

from service_kit.errors import KeyReused
from service_kit.idempotency import StoredAnswer

from bids_service.commands.answers import answer_command
from bids_service.commands.decide import Books, decide_all
from bids_service.errors import UnknownAuction
from bids_service.model import CommandRequest
from bids_service.storage.biddings import lock
from bids_service.storage.database import once_more_if_raced
from bids_service.storage.idempotency import StoredKey, recall_all, remember_all

Verdict = StoredAnswer | UnknownAuction | KeyReused
"""The answer to a request, or why it has none."""


def apply(books: Books, requests: Sequence[CommandRequest]) -> list[Verdict]:
    """Apply commands in one transaction, in their order, and keep the answers by their keys.

    A key that came before gets the answer it got then. Raises StoreUnavailable, and then nothing
    has happened.
    """
    verdicts = once_more_if_raced(lambda: _apply(books, requests))
    books.database.outbox_channel.notify()
    return verdicts


def _apply(books: Books, requests: Sequence[CommandRequest]) -> list[Verdict]:
    with books.database.writing() as transaction:
        locked = lock(transaction, [request.auction for request in requests])
        # Only inside the lock: of two equal requests the second must find the first's answer.
        answers = recall_all(transaction, [request.key for request in requests])
        fresh: dict[tuple[str, str], CommandRequest] = {}
        for request in requests:
            if request.key.id not in answers and request.auction in locked:
                fresh.setdefault(request.key.id, request)
        commands = [(request.auction, request.command) for request in fresh.values()]
        traces = [request.traceparent for request in fresh.values()]
        applied = decide_all(books, transaction, locked, commands, traces)
        new = [
            StoredKey(request.key, answer_command(what, books.urls), what.at_ms)
            for request, what in zip(fresh.values(), applied, strict=True)
        ]
        remember_all(transaction, new)
        answers.update({stored.key.id: stored for stored in new})
        return [_verdict(request, answers.get(request.key.id)) for request in requests]


def _verdict(request: CommandRequest, stored: StoredKey | None) -> Verdict:
    if stored is None:
        return UnknownAuction(request.auction)
    if stored.key.fingerprint != request.key.fingerprint:
        return KeyReused("this idempotency key was used for another request")
    return stored.answer
