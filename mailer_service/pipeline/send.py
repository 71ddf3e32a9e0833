"""Sends the mails of the ledger: claim, hand over, record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from service_kit.clock import Clock, steady_ms
from service_kit.logs import get_logger
from service_kit.trace import calling, tracing

from mailer_service.errors import (
    MailDeferred,
    MailRefused,
    RecipientRefused,
    ServerUnavailable,
    Unanswered,
)
from mailer_service.journal import Journal, MailKey
from mailer_service.letters.compose_mail import compose_mail
from mailer_service.model.kinds import OF_WHAT_CHANGES
from mailer_service.model.mails import Envelope
from mailer_service.retry import next_attempt_ms
from mailer_service.storage.ledger import Claimed, Ledger, Outcome, Ready, Unreadable
from mailer_service.storage.suppressions import Suppressions

log = get_logger(__name__)

AT_ONCE = 20
"""Mails claimed together: a killed sender leaves so many at most to wait for its lease's end."""

BEGIN_WITHIN_MS = 500
"""A piece of work begins no mail later than this: a person may wait for it, and a server that is
slow with some mails may hang with the next."""


TRUE_FOR_MS = 60_000
"""A letter that waited for longer is written anew, where what it tells may have changed."""


class Transport(Protocol):
    """What hands mails over; see `smtp.session.Session`."""

    @property
    def is_open(self) -> bool: ...
    def open(self) -> None: ...
    def send(self, envelope: Envelope, answer: memoryview | None) -> None: ...
    def close(self) -> None: ...


@dataclass
class Sender:
    """Sends mails once. For one thread.

    Killed between the server's 250 and the record, it has the 250 in its journal, which whoever
    comes next looks into. Where that is not to be had (the machine lost its power, another machine
    is next) a mail goes out again, with the same Message-ID.

    `mail_ms` is the longest that the transport takes for one mail. No mail is begun that could
    outlast the claim, so no two senders have the same mail in hand.
    """

    ledger: Ledger
    suppressions: Suppressions
    transport: Transport
    journal: Journal
    sender: str
    mail_ms: int
    clock: Clock
    steady_ms: Clock = steady_ms
    _was_silent: bool = field(default=False, init=False)

    @property
    def lease_ms(self) -> int:
        """How long a killed sender keeps others from what it had in hand."""
        return self.mail_ms * 3 // 2

    def __call__(self) -> bool:
        """Open a session, or send some mails, the most urgent first; whether there were any. Blocks
        on the SMTP server. Raises ServerUnavailable, with every mail as it was before, but for one
        that was put off because the server said nothing to it."""
        if not self.transport.is_open:
            # A piece of its own: a person may wait for it, but not for two exchanges of a server
            # that is slow in both. For one that was silent nobody waits, and to let us in proves
            # nothing.
            is_ready = self._open_if_ready()
            if not (is_ready and self._was_silent):
                return is_ready
        self.transport.open()
        claimed_at_ms = self.clock()
        batch = self.ledger.claim_to_send(
            now_ms=claimed_at_ms, lease_ms=self.lease_ms, limit=AT_ONCE
        )
        if not batch:
            self._rest()
            return False
        self._send_all(batch, begin_before_ms=claimed_at_ms + self.lease_ms - self.mail_ms)
        return True

    def _open_if_ready(self) -> bool:
        # At once, not when their claims lapse: then somebody on another machine may be first.
        self.journal.left_behind(self._left_before)
        if not self.ledger.is_ready(now_ms=self.clock()):
            self._rest()
            return False
        self.transport.open()
        return True

    def _rest(self) -> None:
        self.transport.close()
        self.journal.close()

    def _send_all(self, batch: Sequence[Ready | Unreadable], *, begin_before_ms: int) -> None:
        done, begun_ms = 0, self.steady_ms()
        # Another's claim has lapsed: it may have been killed, or the store failed it.
        taken = self.journal.taken() if any(mail.attempts > 1 for mail in batch) else ()
        try:
            for mail in batch:
                is_over = self.steady_ms() - begun_ms >= BEGIN_WITHIN_MS
                if is_over or self.clock() >= begin_before_ms or not self.transport.is_open:
                    break
                done += 1
                if _key(mail) in taken:
                    self._left_before([_key(mail)])
                else:
                    self._send(mail)
        finally:
            self.ledger.give_back(batch[done:], now_ms=self.clock())

    def _send(self, mail: Ready | Unreadable) -> None:
        with tracing(mail.traceparent, "send mail", mail=mail.id):
            if isinstance(mail, Unreadable):  # another version's, which may come back
                self._put_off(mail, MailDeferred("its letter can't be read"))
            elif self._is_late(mail):
                self._end(mail, "late", "what it is about is over")
            elif not self._is_written_again(mail):
                self._hand_over(mail)

    def _hand_over(self, mail: Ready) -> None:
        self._was_silent = False
        try:
            with calling("SMTP"):
                self.transport.send(self._envelope(mail), self.journal.begin(_key(mail)))
        except RecipientRefused as error:
            self._suppress(mail, error)
        except MailRefused as error:
            self._end(mail, "refused", str(error))
        except Unanswered as error:
            self._put_off(mail, error)
            self._was_silent = True  # and would be to the next: nobody is to wait for each
            raise ServerUnavailable(str(error)) from error
        except MailDeferred as error:
            self._put_off(mail, error)
        else:
            self.ledger.sent(mail, now_ms=self.clock())
            self.journal.recorded(_key(mail))
            log.info("mail sent", mail=mail.id, kind=mail.kind, attempt=mail.attempts)

    def _left_before(self, mails: Collection[MailKey]) -> None:
        self.ledger.left_before(mails, now_ms=self.clock())
        log.info("mails sent before a kill", mails=",".join(str(mail.id) for mail in mails))

    def _envelope(self, mail: Ready) -> Envelope:
        return compose_mail(
            mail.letter,
            key=f"{mail.entity_url} {mail.kind} {mail.recipient_url}",
            sender=self.sender,
            written_at_ms=mail.written_at_ms,
        )

    def _is_late(self, mail: Ready) -> bool:
        until_ms = mail.letter.until_ms
        return until_ms is not None and until_ms <= self.clock()

    def _is_written_again(self, mail: Ready) -> bool:
        is_old = self.clock() - mail.written_at_ms > TRUE_FOR_MS
        if not is_old or mail.kind not in OF_WHAT_CHANGES:
            return False
        return self.ledger.write_again(mail, now_ms=self.clock())

    def _suppress(self, mail: Ready, error: RecipientRefused) -> None:
        self._end(mail, "refused", str(error))
        if self.suppressions.refused(
            mail.recipient_url, mail.letter.address, reason=str(error), now_ms=self.clock()
        ):
            log.warning("address suppressed", customer=mail.recipient_url, why=str(error))

    def _put_off(self, mail: Claimed, error: MailDeferred) -> None:
        due_at_ms = next_attempt_ms(
            attempts=mail.attempts, since_ms=mail.created_at_ms, now_ms=self.clock()
        )
        if due_at_ms is None:
            self._end(mail, "given-up", str(error))
            return
        log.warning("mail put off", mail=mail.id, why=str(error), attempt=mail.attempts)
        self.ledger.put_off(mail, reason=str(error), due_at_ms=due_at_ms)

    def _end(self, mail: Claimed, outcome: Outcome, reason: str) -> None:
        log.warning("mail not sent", mail=mail.id, kind=mail.kind, outcome=outcome, why=reason)
        self.ledger.end(mail, outcome, reason=reason, now_ms=self.clock())


def _key(mail: Claimed) -> MailKey:
    return MailKey(mail.id, mail.created_at_ms)
