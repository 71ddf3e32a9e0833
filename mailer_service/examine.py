"""Looks at an entity that has news, and writes down who gets which mail."""

from collections.abc import Sequence
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.errors import HttpFailure
from service_kit.logs import get_logger
from service_kit.trace import tracing

from mailer_service.decide import notices_of_bid, notices_of_bidding, notices_of_customer
from mailer_service.entities import Entities
from mailer_service.errors import BadEntity
from mailer_service.model import Customer, Letter, Notice
from mailer_service.retry import is_permanent, next_attempt_ms
from mailer_service.storage.inbox import Entry, Inbox
from mailer_service.storage.ledger import Ledger
from mailer_service.wake import Wake

log = get_logger(__name__)

LEASE_MS = 120_000
"""Longer than fetching a handful of entities can take: each has a deadline of ten seconds."""


@dataclass(frozen=True)
class Examiner:
    """Turns an inbox entry into mails in the ledger. May be repeated, also at the same time."""

    inbox: Inbox
    ledger: Ledger
    entities: Entities
    wake: Wake
    clock: Clock

    def examine(self, entry_id: int) -> None:
        """Work on one entry, if there is work. Blocks on the services it fetches from."""
        entry = self.inbox.claim(entry_id, now_ms=self.clock(), lease_ms=LEASE_MS)
        if entry is None:
            return
        with tracing(entry.traceparent):
            try:
                mail_ids = self._write(entry)
            except (HttpFailure, BadEntity) as error:
                self._put_off(entry, error)
                return
            self.inbox.settle(entry)
            self.wake("send", mail_ids)

    def _write(self, entry: Entry) -> Sequence[int]:
        notices = self.ledger.unwritten(self._notices(entry))
        written = [
            (notice, letter) for notice in notices if (letter := self._letter(notice, entry))
        ]
        return self.ledger.write(written, traceparent=entry.traceparent, now_ms=self.clock())

    def _notices(self, entry: Entry) -> Sequence[Notice]:
        if entry.topic == "bids":
            return notices_of_bid(self.entities.bid(entry.url))
        if entry.topic == "biddings":
            return notices_of_bidding(self.entities.bidding(entry.url))
        return notices_of_customer(self.entities.customer(entry.url))

    def _letter(self, notice: Notice, entry: Entry) -> Letter | None:
        """Everything the mail says; None, and recorded, when its recipient is no more."""
        try:
            recipient = self.entities.customer(notice.recipient_url)
        except HttpFailure as error:
            if not is_permanent(error):
                raise
            self._write_off(notice, entry, error)
            return None
        return self._addressed(notice, recipient)

    def _addressed(self, notice: Notice, recipient: Customer) -> Letter | None:
        if notice.auction_url is None:
            return _verification_letter(notice, recipient)
        auction = self.entities.auction(notice.auction_url)
        return Letter(
            kind=notice.kind,
            name=recipient.name,
            address=recipient.email,
            locale=recipient.locale,
            link=auction.url,
            title=auction.title,
            price=notice.price,
            about=self._name_of(notice.about_url),
        )

    def _name_of(self, customer_url: str | None) -> str | None:
        if customer_url is None:
            return None
        try:
            return self.entities.customer(customer_url).name
        except HttpFailure as error:
            if not is_permanent(error):
                raise
            return None  # an account that is gone: the mail does without the name

    def _write_off(self, notice: Notice, entry: Entry, error: HttpFailure) -> None:
        log.warning("no such recipient", kind=notice.kind, recipient=notice.recipient_url)
        self.ledger.write_off(
            notice,
            reason=f"recipient: {error}",
            traceparent=entry.traceparent,
            now_ms=self.clock(),
        )

    def _put_off(self, entry: Entry, error: HttpFailure | BadEntity) -> None:
        now_ms = self.clock()
        due_at_ms = next_attempt_ms(
            attempts=entry.attempts, since_ms=entry.received_at_ms, now_ms=now_ms
        )
        if is_permanent(error) or due_at_ms is None:
            log.error("entity is a dead letter", url=entry.url, why=str(error))
            self.inbox.bury(entry, reason=f"{type(error).__name__}: {error}", now_ms=now_ms)
            return
        log.warning("entity not examined", url=entry.url, why=str(error), attempt=entry.attempts)
        self.inbox.put_off(entry, due_at_ms=due_at_ms)


def _verification_letter(notice: Notice, customer: Customer) -> Letter | None:
    # Fetched again since it was decided: verified meanwhile, or asked anew (which has news of
    # its own).
    verification = customer.verification
    if verification is None or not notice.kind.endswith(f":{verification.id}"):
        return None
    return Letter(
        kind=notice.kind,
        name=customer.name,
        address=customer.email,
        locale=customer.locale,
        link=verification.link,
    )
