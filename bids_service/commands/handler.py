"""The way of a command through the service: applied now, or accepted to be answered later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service_kit.entrance.asynchronous import WAITS_S
from service_kit.errors import StoreUnavailable
from service_kit.group_commit import GroupCommit
from service_kit.idempotency import StoredAnswer
from service_kit.logs import get_logger

from bids_service.commands.accept import ACCEPTED, accept, answer_of
from bids_service.commands.decide import Books
from bids_service.commands.group_commit import Outcome
from bids_service.commands.import_auctions import create_bidding
from bids_service.errors import StillRunning, UnknownAuction
from bids_service.fetch_terms import Auctions
from bids_service.model import CommandRequest
from bids_service.storage.queries import Queries

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CommandHandler:
    """Takes requests. An auction that nobody told us of is imported at the first one for it.

    Every method may be repeated: the same key gets the same answer. All raise UnknownAuction,
    AuctionUnreachable, KeyReused, StoreUnavailable.
    """

    group_commit: GroupCommit[CommandRequest, Outcome]
    books: Books
    queries: Queries
    auctions: Auctions

    def execute(self, request: CommandRequest) -> StoredAnswer:
        """Apply a command and answer it.

        Raises StillRunning when its key was accepted to be answered later and isn't yet.
        """
        verdict = self._submit(request)
        if isinstance(verdict, UnknownAuction):
            self._import(request.auction)
            verdict = self._submit(request)
        answer = self._answer(request, verdict)
        # Not news: what was accepted is on record. And a line costs a quarter of the request.
        log.debug(
            "command answered",
            command=type(request.command).__name__,
            auction=request.auction,
            status=answer.status,
        )
        return answer

    def hand_over(
        self, requests: Sequence[CommandRequest], settle: Callable[[Sequence[Outcome]], None]
    ) -> None:
        """Have commands applied together, of auctions that are known; returns at once.

        `settle` hears on another thread, where it must not block, what became of each: what
        `execute` would answer or raise, if not UnknownAuction or an answer that waits. Of what
        doesn't get its turn within 15 s nobody hears.
        """
        self.group_commit.hand_over(requests, settle, WAITS_S)

    def accept(self, request: CommandRequest) -> StoredAnswer:
        """Keep a command, durably, and answer 202 with the URL of its outcome."""
        if self.queries.bidding_of(request.auction) is None:
            self._import(request.auction)
        answer = accept(self.books, request)
        log.info(
            "command taken in", command=type(request.command).__name__, auction=request.auction
        )
        return answer

    def _import(self, auction: str) -> None:
        log.info("auction not known yet", auction=auction)
        create_bidding(self.books, auction, self.auctions.terms(auction))

    def _submit(self, request: CommandRequest) -> Outcome:
        try:
            return self.group_commit.submit(request, WAITS_S)
        except TimeoutError as error:
            raise StoreUnavailable("the database did not answer in time") from error

    def _answer(self, request: CommandRequest, verdict: Outcome) -> StoredAnswer:
        if isinstance(verdict, Exception):
            raise verdict
        if verdict.status != ACCEPTED:
            return verdict
        answer = answer_of(self.queries.accepted_under(request.key))
        if answer is None:
            raise StillRunning(verdict.headers["Location"])
        return answer
