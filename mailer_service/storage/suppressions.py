"""Addresses that are not written to any more, because a mail server refused them for good."""

from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Engine, delete, exists, or_, select, update

from mailer_service.model.entities import Customer
from mailer_service.model.kinds import ASKED_FOR_BY_ADDRESS
from mailer_service.model.mails import Letter
from mailer_service.storage.decoding import decoded
from mailer_service.storage.ledger import ended
from mailer_service.storage.tables import mails, suppressions

_PROVES_AN_ADDRESS = or_(*(mails.c.kind.like(f"{kind}:%") for kind in ASKED_FOR_BY_ADDRESS))


class Suppressions:
    """By customer. Every method is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def suppress(self, customer_url: str, address: str, *, reason: str, now_ms: int) -> None:
        """Write no more to this address of the customer, also not what was ready to leave."""
        with writing(self._engine) as connection:
            statement = insert_or(connection, suppressions).values(
                customer_url=customer_url, address=address, reason=reason, since_ms=now_ms
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[suppressions.c.customer_url, suppressions.c.address],
                    set_={"reason": reason, "since_ms": now_ms},
                )
            )
            ready = connection.execute(
                select(mails.c.id, mails.c.letter).where(
                    mails.c.recipient_url == customer_url,
                    mails.c.step == "ready",
                    ~_PROVES_AN_ADDRESS,
                )
            ).all()
            # Not what goes elsewhere: a mistyped new address must not silence the old one.
            stays = [row.id for row in ready if _address(row.letter) == address]
            connection.execute(
                update(mails)
                .where(mails.c.id.in_(stays), mails.c.step == "ready")
                .values(ended("suppressed", now_ms=now_ms) | {"last_error": reason})
            )

    def reason(self, customer_url: str, address: str) -> str | None:
        """Why this address of the customer is not written to; None when it is."""
        with reading(self._engine) as connection:
            return connection.execute(
                select(suppressions.c.reason).where(
                    suppressions.c.customer_url == customer_url,
                    suppressions.c.address == address,
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


def _address(stored: object) -> str | None:
    letter = decoded(stored, Letter)
    return letter.address if letter else None
