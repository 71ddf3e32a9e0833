"""Turn two-factor sign-in on and off."""

from dataclasses import dataclass

from service_kit.tokens import digest

from auction_app.accounts.check_password import check_password, check_password_or_code
from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.errors import NoSession
from auction_app.factors import two_factor
from auction_app.factors.model import Passkey
from auction_app.factors.repository import app_factors, passkeys
from auction_app.signatures import Signatures


@dataclass(frozen=True, kw_only=True)
class TwoFactor:
    """How an account is signed in to: since when with codes (None: not), how many recovery codes
    are left, and its passkeys."""

    since_ms: int | None
    codes_left: int
    passkeys: tuple[Passkey, ...]


def how_one_signs_in(store: Store, customer: Customer) -> TwoFactor:
    """As its owner sees it."""
    with store.reading() as conn:
        factor = app_factors.of_customer(conn, customer.id)
        left = app_factors.count_codes(conn, customer.id)
        known = passkeys.of_customer(conn, customer.id)
    since_ms = factor.since_ms if factor else None
    return TwoFactor(since_ms=since_ms, codes_left=left, passkeys=tuple(known))


def begin_setup(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    customer: Customer,
    typed: str,
    *,
    session: str,
) -> two_factor.Setup:
    """A secret for the customer's app; nothing is stored yet. Raises WrongPassword,
    TooManyAttempts."""
    proof = check_password(store, passwords, customer, typed, session=session)
    fitted = digest(proof.fitted)
    return two_factor.new_setup(signatures, customer.id, fitted, now_ms=store.clock())


def read_setup(
    store: Store, signatures: Signatures, customer: Customer, sealed: str
) -> two_factor.Setup:
    """The same, come back. Raises NotPossible, NoSession."""
    with store.reading() as conn:
        fitted = customers.password_hash(conn, customer.id)
    if fitted is None:
        raise NoSession("the account is closed")
    now_ms = store.clock()
    return two_factor.read_setup(signatures, sealed, customer.id, digest(fitted), now_ms=now_ms)


def turn_on(
    store: Store,
    signatures: Signatures,
    customer: Customer,
    setup: two_factor.Setup,
    typed: str,
    *,
    session: str,
) -> tuple[str, ...]:
    """Ask for a code from now on; every other session ends, for a password was enough for it.
    Returns the recovery codes.

    Raises WrongCode, TooManyAttempts, NotPossible, NoSession.
    """
    rate_limits.use_up(store, rate_limits.FIRST_CODES, customer.id)
    with store.begin() as act:
        customers.locked(act.conn, customer.id)
        codes = two_factor.turn_on(act, signatures, customer.id, setup, typed)
        sessions.remove_of(act.conn, customer.id, keep=digest(session))
        sessions.prove(act.conn, customer.id, "code")
    return codes


def turn_off(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    customer: Customer,
    typed: str,
    *,
    session: str,
) -> None:
    """Ask for the password alone again; `typed` is the password or a code. Raises WrongPassword,
    WrongCode, TooManyAttempts."""
    check = check_password_or_code(store, passwords, signatures, customer, typed, session=session)
    with store.begin() as act:
        check(act)
        two_factor.turn_off(act, customer.id)
        sessions.prove(act.conn, customer.id, "password")


def renew_codes(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    customer: Customer,
    typed: str,
    *,
    session: str,
) -> tuple[str, ...]:
    """New recovery codes; `typed` is the password or a code. Raises WrongPassword,
    WrongCode, TooManyAttempts, NotPossible."""
    check = check_password_or_code(store, passwords, signatures, customer, typed, session=session)
    with store.begin() as act:
        check(act)
        return two_factor.renew_codes(act, customer.id)
