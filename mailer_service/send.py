"""Sends a mail of the ledger: claim, send, record."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import tracing

from mailer_service.errors import MailDeferred, MailRefused
from mailer_service.letters.compose import compose
from mailer_service.retry import next_attempt_ms
from mailer_service.storage.ledger import Ledger, Mail

log = get_logger(__name__)

Transport = Callable[[EmailMessage], None]
"""Returns once the mail is taken; raises MailRefused or MailDeferred."""


@dataclass(frozen=True)
class Sender:
    """Sends mails once, but for one window: killed between the server's 250 and the record, a
    mail goes out again, with the same Message-ID. `lease_ms` must exceed what the transport may
    take, or two send at once."""

    ledger: Ledger
    transport: Transport
    sender: str
    lease_ms: int
    clock: Clock

    def send(self, mail_id: int) -> None:
        """Send one mail, if it is still to be sent. Blocks on the SMTP server."""
        mail = self.ledger.claim(mail_id, now_ms=self.clock(), lease_ms=self.lease_ms)
        if mail is None:
            return
        with tracing(mail.traceparent):
            try:
                self.transport(self._message(mail))
            except MailRefused as error:
                self._give_up(mail, error)
            except MailDeferred as error:
                self._put_off(mail, error)
            else:
                self.ledger.sent(mail, now_ms=self.clock())
                log.info("mail sent", mail=mail.id, kind=mail.kind, attempt=mail.attempts)

    def _message(self, mail: Mail) -> EmailMessage:
        return compose(
            mail.letter,
            key=f"{mail.entity_url} {mail.kind} {mail.recipient_url}",
            sender=self.sender,
            written_at_ms=mail.created_at_ms,
        )

    def _put_off(self, mail: Mail, error: MailDeferred) -> None:
        due_at_ms = next_attempt_ms(
            attempts=mail.attempts, since_ms=mail.created_at_ms, now_ms=self.clock()
        )
        if due_at_ms is None:
            self._give_up(mail, error)
            return
        log.warning("mail put off", mail=mail.id, why=str(error), attempt=mail.attempts)
        self.ledger.put_off(mail, reason=str(error), due_at_ms=due_at_ms)

    def _give_up(self, mail: Mail, error: MailRefused | MailDeferred) -> None:
        log.error("mail given up", mail=mail.id, kind=mail.kind, why=str(error))
        self.ledger.give_up(mail, reason=str(error), now_ms=self.clock())
