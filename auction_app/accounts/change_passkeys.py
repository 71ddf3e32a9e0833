"""Add a passkey to an account, and remove one."""

from typing import Any

from auction_app.accounts.check_password import check_password, check_password_or_code
from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.db.store import Store
from auction_app.factors import passkeys
from auction_app.factors.relying_party import RelyingParty
from auction_app.signatures import Signatures


def ask_to_add(
    store: Store,
    passwords: Passwords,
    party: RelyingParty,
    customer: Customer,
    typed: str,
    *,
    session: str,
) -> tuple[str, dict[str, Any]]:
    """(challenge, what the browser is asked), after the password. Raises WrongPassword,
    TooManyAttempts, NotPossible for one too many."""
    proof = check_password(store, passwords, customer, typed, session=session)
    with store.begin() as act:
        proof.check_still_good(act)
        return passkeys.ask_to_add(act, party, customer.id, customer.email, customer.name)


def add_passkey(
    store: Store, party: RelyingParty, customer: Customer, name: str, *, challenge: str, answer: str
) -> None:
    """Take what the browser answered. Raises PasskeyRefused, NotPossible, NoSession."""
    with store.begin() as act:
        passkeys.use_up(act, "add", customer.id, challenge)
    with store.begin() as act:
        customers.locked(act.conn, customer.id)
        passkeys.add(act, party, customer.id, name, challenge, answer)


def remove_passkey(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    customer: Customer,
    passkey_id: str,
    typed: str,
    *,
    session: str,
) -> None:
    """`typed` is the password or a code. Raises NotFound, WrongPassword, WrongCode,
    TooManyAttempts."""
    check = check_password_or_code(store, passwords, signatures, customer, typed, session=session)
    with store.begin() as act:
        check(act)
        passkeys.remove(act, customer.id, passkey_id)
