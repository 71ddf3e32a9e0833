"""Accounts."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auction_app.accounts.model import Customer
from auction_app.db import readable
from auction_app.db.tables import customers
from auction_app.errors import EmailTaken, NoSession, NotFound

_NOTHING_WAITS: Mapping[str, None] = dict.fromkeys(
    (
        "password_reset_id",
        "password_reset_at_ms",
        "address_change_id",
        "address_change_to",
        "address_change_at_ms",
    )
)
"""Of the changes that a link in a mail may still make: whoever asked for one may be somebody who
knew the password or had the mailbox until now."""


def add(conn: Connection, customer: Customer, *, password_hash: str, now_ms: int) -> None:
    """Store a new account. Raises EmailTaken (also when two sign up at once)."""
    row = {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email,
        "email_key": email_key(customer.email),
        "password_hash": password_hash,
        "locale": customer.locale,
        "created_at_ms": now_ms,
        "email_verified_at_ms": customer.email_verified_at_ms,
        "verification_id": customer.verification_id,
        "verification_requested_at_ms": customer.verification_requested_at_ms,
        "terms_version": customer.terms_version,
        "terms_accepted_at_ms": customer.terms_accepted_at_ms,
    }
    try:
        with conn.begin_nested():
            conn.execute(insert(customers).values(row))
    except IntegrityError as error:
        raise EmailTaken("the address has an account") from error


def by_id(conn: Connection, customer_id: str) -> Customer:
    """The account. Raises NotFound."""
    row = conn.execute(select(customers).where(customers.c.id == customer_id)).first()
    if row is None:
        raise NotFound("no such customer")
    return as_customer(row)


def locked(conn: Connection, customer_id: str) -> Customer:
    """The account as it is now, which nobody else changes until this transaction ends.

    For what an account that is being closed must not do any more. Raises NoSession for one that
    was closed or deleted since the visitor was recognised.
    """
    query = select(customers).where(customers.c.id == customer_id).with_for_update()
    row = conn.execute(query).first()
    if row is None or row.banned_at_ms is not None or row.deleted_at_ms is not None:
        raise NoSession("the account is closed")
    return as_customer(row)


def hold(conn: Connection, customer_id: str) -> None:
    """Have whoever decides about the same account wait until this transaction ends, open or closed
    as it may be. Rows that refer to it may be added meanwhile."""
    mine = select(customers.c.id).where(customers.c.id == customer_id)
    conn.execute(mine.with_for_update(key_share=True))


def by_email(conn: Connection, email: str) -> tuple[Customer, str] | None:
    """The account of an address and its password hash, if there is one."""
    found = select(customers).where(customers.c.email_key == email_key(email))
    row = conn.execute(found).first()
    return (as_customer(row), row.password_hash) if row else None


def expect_verification(
    conn: Connection, customer_id: str, *, verification_id: str, now_ms: int
) -> None:
    """Make `verification_id` the one whose link verifies the address."""
    conn.execute(
        update(customers)
        .where(customers.c.id == customer_id)
        .values(verification_id=verification_id, verification_requested_at_ms=now_ms)
    )


def verify(conn: Connection, customer_id: str, *, welcomed_id: str, now_ms: int) -> None:
    """Note that the address is the customer's own; the first time gives the welcome its id."""
    conn.execute(
        update(customers)
        .where(customers.c.id == customer_id)
        .values(
            email_verified_at_ms=now_ms,
            verification_id=None,
            welcomed_id=func.coalesce(customers.c.welcomed_id, welcomed_id),
        )
    )


def replace_password_hash(conn: Connection, customer_id: str, password_hash: str) -> None:
    """Store the same password hashed with today's parameters."""
    _set(conn, customer_id, password_hash=password_hash)


def password_hash(conn: Connection, customer_id: str) -> str | None:
    """The hash of the account's password; None without an account, or when it is deleted."""
    query = select(customers.c.password_hash).where(
        customers.c.id == customer_id, customers.c.deleted_at_ms.is_(None)
    )
    return conn.execute(query).scalar_one_or_none()


def set_password(conn: Connection, customer_id: str, password_hash: str) -> None:
    """Store another password's hash; every change that waits for its link is void."""
    _set(conn, customer_id, password_hash=password_hash, **_NOTHING_WAITS)


def expect_reset(conn: Connection, customer_id: str, *, reset_id: str, now_ms: int) -> None:
    """Make `reset_id` the one whose link may set a password."""
    _set(conn, customer_id, password_reset_id=reset_id, password_reset_at_ms=now_ms)


def expect_sign_in(conn: Connection, customer_id: str, *, again_id: str, now_ms: int) -> None:
    """Note that somebody wanted to open an account under the customer's address."""
    _set(conn, customer_id, sign_up_again_id=again_id, sign_up_again_at_ms=now_ms)


def expect_address(
    conn: Connection, customer_id: str, *, change_id: str | None, to: str, now_ms: int
) -> None:
    """Make `change_id` the one whose link changes the address; None: no link does."""
    _set(
        conn,
        customer_id,
        address_change_id=change_id,
        address_change_to=to,
        address_change_at_ms=now_ms,
    )


def change_address(conn: Connection, customer_id: str, email: str) -> None:
    """Make the address the account's. Raises EmailTaken."""
    try:
        with conn.begin_nested():
            _set(
                conn,
                customer_id,
                email=email,
                email_key=email_key(email),
                **_NOTHING_WAITS,
            )
    except IntegrityError as error:
        raise EmailTaken("the address has an account") from error


def edit(
    conn: Connection, customer_id: str, *, name: str, locale: str, time_zone: str | None
) -> None:
    """Store how the account is shown and spoken to."""
    _set(conn, customer_id, name=name, locale=locale, time_zone=time_zone)


def ban(conn: Connection, customer_id: str, *, at_ms: int | None) -> None:
    """Close an account since then; None opens it again. What waits for its link is void."""
    _set(conn, customer_id, banned_at_ms=at_ms, **_NOTHING_WAITS)


def accept_terms(conn: Connection, customer_id: str, version: str, *, now_ms: int) -> None:
    """Note which terms of use the customer accepts; the first time of each version counts."""
    others = customers.c.terms_version.is_distinct_from(version)
    mine = update(customers).where(customers.c.id == customer_id, others)
    conn.execute(mine.values(terms_version=version, terms_accepted_at_ms=now_ms))


def seen(conn: Connection, customer_id: str, *, now_ms: int) -> None:
    """Note when the customer was last here."""
    _set(conn, customer_id, last_seen_at_ms=now_ms)


def appoint(conn: Connection, customer_id: str) -> None:
    """Make the customer a moderator."""
    _set(conn, customer_id, moderator=True)


def names_of_staff(conn: Connection, but_for_id: str) -> list[str]:
    """What the moderators are called, but for one of them."""
    others = customers.c.moderator.is_(True) & (customers.c.id != but_for_id)
    return list(conn.execute(select(customers.c.name).where(others)).scalars())


def anonymise(conn: Connection, customer_id: str, *, name: str, email: str, now_ms: int) -> None:
    """Leave of an account only that there was one: what others bought, sold and wrote with it
    stays whole. Nobody can sign in to it again."""
    _set(
        conn,
        customer_id,
        name=name,
        email=email,
        email_key=email_key(email),
        password_hash="!",  # noqa: S106 - no password has this hash
        email_verified_at_ms=None,
        verification_id=None,
        time_zone=None,
        moderator=False,
        last_seen_at_ms=None,
        deleted_at_ms=now_ms,
        **_NOTHING_WAITS,
    )


def exists(conn: Connection, customer_id: str) -> bool:
    """Whether there is such an account."""
    query = select(customers.c.id).where(customers.c.id == customer_id)
    return conn.execute(query).first() is not None


def gone(conn: Connection, customer_ids: Iterable[str]) -> set[str]:
    """Those of the accounts that were deleted, or that moderators have closed."""
    theirs = customers.c.id.in_(list(customer_ids))
    left = customers.c.deleted_at_ms.is_not(None) | customers.c.banned_at_ms.is_not(None)
    query = select(customers.c.id).where(theirs, left)
    return set(conn.execute(query).scalars())


def email_key(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return email.casefold()


def as_customer(row: Row[Any]) -> Customer:
    """A row that holds the columns of customers. Whoever it is stays who they are, banned or
    verified, where nobody can read since when."""
    known = readable.with_numbers(customers, row)
    return Customer(**{field.name: known[field.name] for field in fields(Customer)})


def _set(conn: Connection, customer_id: str, **values: Any) -> None:
    conn.execute(update(customers).where(customers.c.id == customer_id).values(values))
