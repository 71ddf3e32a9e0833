"""Looks at an entity that has news, and notes who is to be told of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bus_drain.fetch import FetchError
from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import tracing

from mailer_service.entities.fetch import Entities
from mailer_service.errors import BadEntity
from mailer_service.model.entities import Bidding
from mailer_service.model.mails import Notice
from mailer_service.notices.accounts import notices_of_customer
from mailer_service.notices.bids import (
    losers_wanted,
    notices_of_bid,
    notices_of_bidding,
    notices_of_losers,
    notices_of_offer,
)
from mailer_service.notices.sales import (
    notices_of_message,
    notices_of_order,
    notices_of_question,
    notices_of_reminder,
    notices_of_statement,
)
from mailer_service.notices.topics import RESYNC, priority_of
from mailer_service.retry import is_permanent, next_attempt_ms
from mailer_service.storage.inbox import Entry, Inbox
from mailer_service.storage.ledger import Ledger
from mailer_service.storage.suppressions import Suppressions

log = get_logger(__name__)

Look = Callable[[Entry], Iterator[Sequence[Notice]]]


@dataclass(frozen=True)
class Examiner:
    """Turns what has news into notices in the ledger. May be repeated, also at the same time."""

    inbox: Inbox
    ledger: Ledger
    suppressions: Suppressions
    entities: Entities
    lease_ms: int
    notify: Callable[[], None]
    clock: Clock

    def __call__(self) -> bool:
        """Look at one entity, if one has news; whether there was one. Blocks on its service."""
        entry = self.inbox.claim(now_ms=self.clock(), lease_ms=self.lease_ms)
        if entry is None:
            return False
        with tracing(entry.traceparent, f"examine {entry.topic}"):
            try:
                self._examine(entry)
            except FetchError as error:
                self._put_off(entry, error)
            else:
                self.inbox.settle(entry)
                self.notify()
        return True

    def _examine(self, entry: Entry) -> None:
        for notices in self._looks[entry.topic](entry):
            self.ledger.enter(notices, traceparent=entry.traceparent, now_ms=self.clock())

    @property
    def _looks(self) -> Mapping[str, Look]:
        look = self.entities
        return {
            "bids": lambda entry: iter([notices_of_bid(look.bid(entry.url))]),
            "biddings": self._of_bidding,
            "customers": self._of_customer,
            "offers": lambda entry: iter([notices_of_offer(look.offer(entry.url))]),
            "messages": lambda entry: iter([notices_of_message(look.message(entry.url))]),
            "orders": lambda entry: iter([notices_of_order(look.order(entry.url))]),
            "questions": lambda entry: iter([notices_of_question(look.question(entry.url))]),
            RESYNC: self._of_running,
            "statements": lambda entry: iter([notices_of_statement(look.statement(entry.url))]),
            "reminders": lambda entry: iter([notices_of_reminder(look.reminder(entry.url))]),
        }

    def _of_bidding(self, entry: Entry) -> Iterator[Sequence[Notice]]:
        bidding = self.entities.bidding(entry.url)
        yield notices_of_bidding(bidding)
        if losers_wanted(bidding):
            yield from self._of_losers(entry, bidding)

    def _of_losers(self, entry: Entry, bidding: Bidding) -> Iterator[Sequence[Notice]]:
        if bidding.bids_url is None:
            raise BadEntity("the link bids is missing")
        for bidder_urls in self.entities.bidders(bidding.bids_url):
            yield notices_of_losers(bidding, bidder_urls)
            # A book may have more pages than fit into one claim.
            self.inbox.put_off(entry, due_at_ms=self.clock() + self.lease_ms)

    def _of_running(self, entry: Entry) -> Iterator[Sequence[Notice]]:
        """Nobody is told by this: it puts what somebody may have to be told of into the inbox.
        The ledger knows who was told already."""
        for bidding_urls in self.entities.running(entry.url):
            self._put(entry, "biddings", bidding_urls)
            for url in bidding_urls:
                for bid_urls in self.entities.bids(url):
                    self._put(entry, "bids", bid_urls)
                    yield ()

    def _put(self, entry: Entry, topic: str, urls: Sequence[str]) -> None:
        now_ms = self.clock()
        if urls:
            news = [(topic, url, priority_of(topic)) for url in urls]
            self.inbox.put(news, traceparent=entry.traceparent, now_ms=now_ms)
        self.inbox.put_off(entry, due_at_ms=now_ms + self.lease_ms)

    def _of_customer(self, entry: Entry) -> Iterator[Sequence[Notice]]:
        customer = self.entities.customer(entry.url)
        if self.suppressions.lift(customer):
            log.info("suppression lifted", customer=customer.url)
        yield notices_of_customer(customer)

    def _put_off(self, entry: Entry, error: FetchError) -> None:
        now_ms = self.clock()
        due_at_ms = next_attempt_ms(
            attempts=entry.attempts, since_ms=entry.received_at_ms, now_ms=now_ms
        )
        if is_permanent(error) or due_at_ms is None:
            log.error("entity is a dead letter", url=entry.url, why=str(error))
            self.inbox.dead_letter(entry, reason=f"{type(error).__name__}: {error}", now_ms=now_ms)
            return
        log.warning("entity not examined", url=entry.url, why=str(error), attempt=entry.attempts)
        self.inbox.put_off(entry, due_at_ms=due_at_ms)
