"""Passkeys, and the challenges that they answer."""

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from auction_app.db import readable
from auction_app.db.tables import passkey_challenges, passkeys
from auction_app.errors import NotFound, PasskeyRefused
from auction_app.factors.model import Passkey

_OLD_AT_ONCE = 20


def of_customer(conn: Connection, customer_id: str) -> list[Passkey]:
    """The customer's passkeys, the oldest first."""
    query = select(passkeys).where(passkeys.c.customer_id == customer_id)
    oldest_first = query.order_by(passkeys.c.created_at_ms, passkeys.c.id)
    return readable.rows_of(conn, oldest_first, passkeys, Passkey)


def own(conn: Connection, customer_id: str, passkey_id: str) -> Passkey:
    """One of the customer's own. Raises NotFound, SpoiltRow."""
    query = select(passkeys).where(
        passkeys.c.customer_id == customer_id, passkeys.c.id == passkey_id
    )
    row = conn.execute(query).first()
    if row is None:
        raise NotFound("no such passkey")
    return readable.one(passkeys, row, readable.maker(Passkey))


def by_credential(conn: Connection, credential_id: str) -> Passkey | None:
    """The passkey of that credential id, which nobody else uses until this transaction ends."""
    query = select(passkeys).where(passkeys.c.credential_id == credential_id).with_for_update()
    return next(iter(readable.rows_of(conn, query, passkeys, Passkey)), None)


def add(conn: Connection, passkey: Passkey) -> None:
    """Store a new one. Raises PasskeyRefused for one that is known, whoever has it."""
    try:
        with conn.begin_nested():
            conn.execute(insert(passkeys).values(vars(passkey)))
    except IntegrityError as error:
        raise PasskeyRefused("known already") from error


def used(conn: Connection, passkey_id: str, *, sign_count: int, now_ms: int) -> None:
    """Note how often its device says that it was used."""
    mine = update(passkeys).where(passkeys.c.id == passkey_id)
    conn.execute(mine.values(sign_count=sign_count, last_used_at_ms=now_ms))


def remove(conn: Connection, passkey_id: str) -> None:
    """Forget it."""
    conn.execute(delete(passkeys).where(passkeys.c.id == passkey_id))


def forget(conn: Connection, customer_id: str) -> None:
    """Forget all of a customer's."""
    conn.execute(delete(passkeys).where(passkeys.c.customer_id == customer_id))
    forget_challenges(conn, customer_id)


def issue(
    conn: Connection, digest: str, purpose: str, customer_id: str | None, *, until_ms: int
) -> None:
    """Keep a challenge until then, for one purpose and, where one is named, one customer."""
    conn.execute(
        insert(passkey_challenges).values(
            digest=digest, purpose=purpose, customer_id=customer_id, expires_at_ms=until_ms
        )
    )


def take_challenge(
    conn: Connection, digest: str, purpose: str, customer_id: str | None, *, now_ms: int
) -> bool:
    """Use up a challenge; False when there is none that is still good for this."""
    whose = passkey_challenges.c.customer_id
    good = (
        passkey_challenges.c.digest == digest,
        passkey_challenges.c.purpose == purpose,
        whose.is_(None) if customer_id is None else whose == customer_id,
        passkey_challenges.c.expires_at_ms > now_ms,
    )
    return conn.execute(delete(passkey_challenges).where(*good)).rowcount == 1


def forget_old_challenges(conn: Connection, *, now_ms: int) -> None:
    """Of those that nobody answered more than come in, so that nobody can fill the table."""
    old = (
        select(passkey_challenges.c.digest)
        .where(passkey_challenges.c.expires_at_ms <= now_ms)
        .limit(_OLD_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    conn.execute(delete(passkey_challenges).where(passkey_challenges.c.digest.in_(old)))


def forget_challenges(conn: Connection, customer_id: str) -> None:
    """What was asked for under another password is not answered any more."""
    theirs = passkey_challenges.c.customer_id == customer_id
    conn.execute(delete(passkey_challenges).where(theirs))
