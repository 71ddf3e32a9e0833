"""Writes the letter of a mail: asks who the recipient is and how they want to be told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bus_drain.fetch import FetchError
from service_kit.clock import Clock
from service_kit.local_time import zone_named
from service_kit.logs import get_logger
from service_kit.trace import tracing

from mailer_service.entities.fetch import Entities
from mailer_service.letters.compose_letter import Facts, compose_letter, sum_up
from mailer_service.model.entities import Customer
from mailer_service.model.kinds import (
    ASKED_FOR_BY_ADDRESS,
    OF_A_SALE,
    OF_WHAT_RUNS,
    Priority,
    kind_of,
)
from mailer_service.model.mails import Letter
from mailer_service.policy import Decision, Limits, RecentMail, apply_policy
from mailer_service.retry import is_permanent, next_attempt_ms
from mailer_service.storage.ledger import Claimed, Ledger, Noticed, Outcome, Unreadable
from mailer_service.storage.schedule import Schedule
from mailer_service.storage.suppressions import Suppressions

log = get_logger(__name__)


@dataclass(frozen=True)
class Writer:
    """Turns notices into letters that are sent now, later or in a digest, or are not wanted. May be
    repeated, also at the same time: only the last claimant's letter counts."""

    ledger: Ledger
    schedule: Schedule
    suppressions: Suppressions
    entities: Entities
    limits: Limits
    home_url: str
    lease_ms: int
    notify: Callable[[], None]
    clock: Clock

    def __call__(self) -> bool:
        """Write one letter, if one is to be written; whether there was one. Blocks on the
        services it fetches from."""
        mail = self.ledger.claim_to_write(now_ms=self.clock(), lease_ms=self.lease_ms)
        if mail is None:
            return False
        with tracing(mail.traceparent, "write letter", mail=mail.id):
            if isinstance(mail, Unreadable):  # another version's, which may come back
                self._again(mail, "its notice can't be read")
                return True
            try:
                self._write(mail)
            except FetchError as error:
                self._put_off(mail, error)
            else:
                self.notify()
        return True

    def _write(self, mail: Noticed) -> None:
        facts = self._facts(mail)
        if facts.auction and facts.auction.is_removed and mail.kind in OF_A_SALE:
            self._again(mail, "the house keeps the item from sight")
            return
        letter = compose_letter(mail.notice, facts)
        if letter is None:
            self._end(mail, "moot", "nothing waits for it")
            return
        if unwanted := self._unwanted(mail, letter, facts) or self._untrue(mail, facts):
            self._end(mail, *unwanted)
        elif kind_of(mail.kind).priority is Priority.SUMMARY:
            self._sum_up(mail, letter, facts.recipient)
        else:
            self._schedule(mail, letter, facts.recipient)

    def _facts(self, mail: Noticed) -> Facts:
        notice = mail.notice
        recipient = self.entities.customer(mail.recipient_url)
        auction = self.entities.auction(notice.auction_url) if notice.auction_url else None
        return Facts(
            recipient=recipient,
            auction=auction,
            about=self._name_of(notice.about_url),
            home_url=self.home_url,
        )

    def _name_of(self, customer_url: str | None) -> str | None:
        if customer_url is None:
            return None
        try:
            return self.entities.customer(customer_url).name
        except FetchError as error:
            if not is_permanent(error):
                raise
            return None  # an account that is gone: the mail does without the name

    def _unwanted(self, mail: Noticed, letter: Letter, facts: Facts) -> tuple[Outcome, str] | None:
        recipient = facts.recipient
        is_removed = facts.auction is not None and facts.auction.is_removed
        kind = letter.about_kind
        if is_removed and kind.name in OF_WHAT_RUNS:
            return "moot", "the house keeps the item from sight"
        if letter.until_ms is not None and letter.until_ms <= self.clock():
            return "late", "what it is about is over"
        if kind.switch and recipient.notices.get(kind.switch) == "off":
            return "off", f"{kind.switch} is switched off"
        reason = self.suppressions.reason(mail.recipient_url, letter.address, now_ms=self.clock())
        if reason and kind.name not in ASKED_FOR_BY_ADDRESS:
            return "suppressed", reason
        return None

    def _untrue(self, mail: Noticed, facts: Facts) -> tuple[Outcome, str] | None:
        """Whoever was outbid is asked to bid again while that can help."""
        bidding_url = facts.auction.bidding_url if facts.auction else None
        if mail.kind != "outbid" or bidding_url is None:
            return None
        bidding = self.entities.bidding(bidding_url)
        if bidding.status == "closed":
            return "late", "the auction is over"
        if bidding.leader_url == mail.recipient_url:
            return "moot", "they lead again"
        if bidding.status == "frozen":
            return "moot", "the house has stopped the bidding"
        return None

    def _schedule(self, mail: Noticed, letter: Letter, recipient: Customer) -> None:
        now_ms = self.clock()

        def decide(recent: Iterable[RecentMail]) -> Decision:
            return apply_policy(
                mail.notice,
                preference=recipient.notices.get(letter.about_kind.switch or "", "at_once"),
                zone=zone_named(recipient.time_zone),
                recent=recent,
                limits=self.limits,
                now_ms=now_ms,
            )

        since_ms = now_ms - self.limits.memory_ms
        self.schedule.add(mail, letter, decide, since_ms=since_ms, now_ms=now_ms)

    def _sum_up(self, mail: Noticed, blank: Letter, recipient: Customer) -> None:
        def write(held: Sequence[Letter]) -> Letter | None:
            return sum_up(blank, recipient, held)

        self.schedule.sum_up(mail, write, now_ms=self.clock())

    def _end(self, mail: Noticed, outcome: Outcome, reason: str) -> None:
        log.info("mail not written", mail=mail.id, kind=mail.kind, outcome=outcome)
        self.ledger.end(mail, outcome, reason=reason, now_ms=self.clock())

    def _put_off(self, mail: Noticed, error: FetchError) -> None:
        reason = f"{type(error).__name__}: {error}"
        if is_permanent(error):
            log.warning("mail has nobody or nothing to tell", mail=mail.id, why=str(error))
            self.ledger.end(mail, "gone", reason=reason, now_ms=self.clock())
        else:
            self._again(mail, reason)

    def _again(self, mail: Claimed, reason: str) -> None:
        now_ms = self.clock()
        due_at_ms = next_attempt_ms(
            attempts=mail.attempts, since_ms=mail.created_at_ms, now_ms=now_ms
        )
        if due_at_ms is None:
            log.error("mail given up", mail=mail.id, kind=mail.kind, why=reason)
            self.ledger.end(mail, "given-up", reason=reason, now_ms=now_ms)
        else:
            log.warning("mail not written", mail=mail.id, why=reason, attempt=mail.attempts)
            self.ledger.put_off(mail, reason=reason, due_at_ms=due_at_ms)
