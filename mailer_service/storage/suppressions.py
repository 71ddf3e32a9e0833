"""Addresses that are not written to for a while, because a mail server refused them for good."""

from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Connection, Engine, delete, exists, or_, select, update

from mailer_service.model.entities import Customer
from mailer_service.model.kinds import ASKED_FOR_BY_ADDRESS
from mailer_service.model.mails import Letter
from mailer_service.storage.decoding import decoded
from mailer_service.storage.ledger import ended
from mailer_service.storage.tables import mails, suppressions

_DAY_MS = 24 * 3_600_000
AGAIN_AFTER_MS = _DAY_MS
"""Only what is refused again so long after is believed: a server's bad hour is not an address."""
BELIEVED_MS = 90 * _DAY_MS
"""Then the address is tried again; refused at once, it is believed as long again."""

_ASKED_FOR = or_(*(mails.c.kind.like(f"{kind}:%") for kind in ASKED_FOR_BY_ADDRESS))


class Suppressions:
    """By customer. Every method is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def refused(self, customer_url: str, address: str, *, reason: str, now_ms: int) -> bool:
        """A server refused this address of the customer for good. The second time, a day or more
        after the first and with nothing delivered between, no more is written to it for 90 days,
        also not what was ready to leave; whether that is so."""
        key = {"customer_url": customer_url, "address": address}
        mine = (suppressions.c.customer_url == customer_url, suppressions.c.address == address)
        with writing(self._engine) as connection:
            new = {"reason": reason, "first_ms": now_ms, "since_ms": now_ms}
            statement = insert_or(connection, suppressions).values(key | new)
            connection.execute(statement.on_conflict_do_nothing())
            first_ms = connection.execute(
                select(suppressions.c.first_ms).where(*mine).with_for_update()
            ).scalar_one()
            if _delivered_since(connection, customer_url, first_ms):
                connection.execute(update(suppressions).where(*mine).values(new))
                return False
            if now_ms - first_ms < AGAIN_AFTER_MS:
                return False
            until_ms = now_ms + BELIEVED_MS
            connection.execute(
                update(suppressions)
                .where(*mine)
                .values(reason=reason, since_ms=now_ms, until_ms=until_ms)
            )
            _end_ready(connection, customer_url, address, reason=reason, now_ms=now_ms)
            return True

    def reason(self, customer_url: str, address: str, *, now_ms: int) -> str | None:
        """Why this address of the customer is not written to; None when it is."""
        with reading(self._engine) as connection:
            return connection.execute(
                select(suppressions.c.reason).where(
                    suppressions.c.customer_url == customer_url,
                    suppressions.c.address == address,
                    suppressions.c.until_ms > now_ms,
                )
            ).scalar_one_or_none()

    def lift(self, customer: Customer) -> bool:
        """Write again to a customer who has verified another address, or the same once more;
        whether that lifted anything."""
        if not customer.email_verified:
            return False
        proven = exists().where(
            mails.c.recipient_url == suppressions.c.customer_url,
            mails.c.sent_at_ms > suppressions.c.since_ms,
            mails.c.kind.like("verify-email:%"),
        )
        with writing(self._engine) as connection:
            lifted = connection.execute(
                delete(suppressions).where(
                    suppressions.c.customer_url == customer.url,
                    or_(suppressions.c.address != customer.email, proven),
                )
            )
        return bool(lifted.rowcount)


def _delivered_since(connection: Connection, customer_url: str, since_ms: int) -> bool:
    sent = select(mails.c.id).where(
        mails.c.recipient_url == customer_url, mails.c.sent_at_ms > since_ms
    )
    return connection.execute(sent.limit(1)).first() is not None


def _end_ready(
    connection: Connection, customer_url: str, address: str, *, reason: str, now_ms: int
) -> None:
    ready = connection.execute(
        select(mails.c.id, mails.c.letter).where(
            mails.c.recipient_url == customer_url, mails.c.step == "ready", ~_ASKED_FOR
        )
    ).all()
    # Not what goes elsewhere: a mistyped new address must not silence the old one.
    stays = [row.id for row in ready if _address(row.letter) == address]
    connection.execute(
        update(mails)
        .where(mails.c.id.in_(stays), mails.c.step == "ready")
        .values(ended("suppressed", now_ms=now_ms) | {"last_error": reason})
    )


def _address(stored: object) -> str | None:
    letter = decoded(stored, Letter)
    return letter.address if letter else None
