"""The way of a command through the service: carried out now, or taken in to be answered later."""

from dataclasses import dataclass

from service_kit.group_commit import GroupCommit
from service_kit.idempotency import StoredAnswer
from service_kit.logs import get_logger

from bids_service.carry_out_together import Outcome
from bids_service.errors import StillRunning, StoreUnavailable, UnknownAuction
from bids_service.fetch_terms import Auctions
from bids_service.model import Order
from bids_service.storage.books import Books
from bids_service.storage.catalogue import Catalogue
from bids_service.storage.waiting import TAKEN_IN, WaitingCommands

log = get_logger(__name__)

_LONGEST_WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes orders. An auction that nobody told us of is learned at the first order for it.

    Every method may be repeated: the same key gets the same answer. All raise UnknownAuction,
    AuctionUnreachable, KeyReused, StoreUnavailable.
    """

    group_commit: GroupCommit[Order, Outcome]
    books: Books
    waiting: WaitingCommands
    catalogue: Catalogue
    auctions: Auctions

    def now(self, order: Order) -> StoredAnswer:
        """Carry out an order and answer it.

        Raises StillRunning when its key was taken in to be answered later and isn't yet.
        """
        verdict = self._submit(order)
        if isinstance(verdict, UnknownAuction):
            self._learn(order.auction)
            verdict = self._submit(order)
        answer = self._answer(order, verdict)
        # Not news: what was accepted is on record. And a line costs a quarter of the request.
        log.debug(
            "command answered",
            command=type(order.command).__name__,
            auction=order.auction,
            status=answer.status,
        )
        return answer

    def later(self, order: Order) -> StoredAnswer:
        """Take an order in, durably, and answer 202 with the URL of its outcome."""
        if self.catalogue.bidding_of(order.auction) is None:
            self._learn(order.auction)
        answer = self.waiting.take_in(order)
        log.info("command taken in", command=type(order.command).__name__, auction=order.auction)
        return answer

    def _learn(self, auction: str) -> None:
        log.info("auction not known yet", auction=auction)
        self.books.open(auction, self.auctions.terms(auction))

    def _submit(self, order: Order) -> Outcome:
        try:
            return self.group_commit.submit(order, _LONGEST_WAIT_S)
        except TimeoutError as error:
            raise StoreUnavailable("the database did not answer in time") from error

    def _answer(self, order: Order, verdict: Outcome) -> StoredAnswer:
        if isinstance(verdict, Exception):
            raise verdict
        if verdict.status != TAKEN_IN:
            return verdict
        answer = self.waiting.answer_to(order.key)
        if answer is None:
            raise StillRunning(verdict.headers["Location"])
        return answer
