"""Ask for the account's own password before something that can't be undone."""

from collections.abc import Callable
from dataclasses import dataclass, field

from auction_app.accounts.model import Customer
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.db.rate_limits import PASSWORD_CHECKS, use_up
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NoSession, WrongPassword
from auction_app.factors import totp, two_factor
from auction_app.signatures import Signatures
from auction_app.web.fields import LONGEST_PASSWORD


@dataclass(frozen=True)
class Proof:
    """That somebody knew the password of an account a moment ago, by the hash that it fitted."""

    customer_id: str
    fitted: str = field(repr=False)

    def check_still_good(self, act: UnitOfWork) -> Customer:
        """The account, which nobody else changes until this transaction ends.

        Raises NoSession for a closed one, WrongPassword when the password was changed or reset
        since: what the old one allowed must not be done after that.
        """
        customer = customers.locked(act.conn, self.customer_id)
        if customers.password_hash(act.conn, self.customer_id) != self.fitted:
            raise WrongPassword("changed a moment ago")
        return customer


def check_password(
    store: Store, passwords: Passwords, customer: Customer, typed: str, *, session: str
) -> Proof:
    """Raises WrongPassword, TooManyAttempts after ten in a quarter of an hour by the session of
    this token (another's guesses keep nobody from locking the account), and NoSession for an
    account that was deleted since the visitor was recognised."""
    use_up(store, PASSWORD_CHECKS, f"{customer.id} {session}")
    with store.reading() as conn:
        stored = customers.password_hash(conn, customer.id)
    if stored is None:
        raise NoSession("the account is closed")
    if len(typed) > LONGEST_PASSWORD or not passwords.match(typed, stored):
        raise WrongPassword("not the password of this account")
    return Proof(customer.id, stored)


def check_password_or_code(
    store: Store,
    passwords: Passwords,
    signatures: Signatures,
    customer: Customer,
    typed: str,
    *,
    session: str,
) -> Callable[[UnitOfWork], object]:
    """The same with a code of the account's app in the password's place. What is returned has to be
    called first in the transaction of what it allows: it raises WrongCode, WrongPassword, NoSession
    there. Raises WrongPassword, TooManyAttempts, NoSession."""
    if not totp.is_code("".join(typed.split())):
        proof = check_password(store, passwords, customer, typed, session=session)
        return proof.check_still_good
    use_up(store, PASSWORD_CHECKS, f"{customer.id} {session}")

    def check(act: UnitOfWork) -> None:
        customers.locked(act.conn, customer.id)
        two_factor.check_code(act, signatures, customer.id, typed)

    return check
