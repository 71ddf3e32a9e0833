"""Start a session with an address and a password."""

from service_kit.errors import Busy
from service_kit.tokens import digest

from auction_app.accounts.check_password import Proof
from auction_app.accounts.forms import SignInForm
from auction_app.accounts.model import Customer
from auction_app.accounts.open_session import SignedIn, Visit, open_session
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.accounts.repository.customers import email_key
from auction_app.accounts.second_step import SecondStep
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import AccountClosed, NoSession, WrongCredentials, WrongPassword
from auction_app.factors.repository import app_factors
from auction_app.web.fields import LONGEST_EMAIL, LONGEST_PASSWORD


def sign_in(
    store: Store, passwords: Passwords, form: SignInForm, visit: Visit, *, session_ms: int
) -> SignedIn | SecondStep:
    """Open a session, or ask for the second step where two-factor sign-in is on.

    Raises WrongCredentials, the same for an unknown address and a wrong password and after the
    same time; TooManyAttempts after ten failures in 15 minutes for this address from this network
    (or a hundred for either of them), and on a device where this customer has signed in before
    after ten of its own, whatever others do; AccountClosed for the right password of a banned
    account.
    """
    email, password = form.email.strip()[:LONGEST_EMAIL], form.password
    with store.reading() as conn:
        found = customers.by_email(conn, email)
    attempt = _attempt(email, found[0] if found else None, visit)
    with store.begin() as act:
        rate_limits.use_up_all(act, attempt)
    try:
        matches = _matches(passwords, password, found[1] if found else None)
    except Busy:
        with store.begin() as act:
            rate_limits.give_back(act, attempt)
        raise
    if not matches or found is None:
        raise WrongCredentials("address and password do not belong together")
    if found[0].banned_at_ms is not None:
        raise AccountClosed(found[0].id)
    rehashed = passwords.hash(password) if passwords.outdated(found[1]) else None
    with store.begin() as act:
        rate_limits.give_back(act, attempt)
        return _open(act, Proof(found[0].id, found[1]), rehashed, visit.agent, session_ms)


def _matches(passwords: Passwords, password: str, stored: str | None) -> bool:
    return len(password) <= LONGEST_PASSWORD and passwords.match(password, stored)


def _attempt(email: str, customer: Customer | None, visit: Visit) -> rate_limits.Attempt:
    if customer is not None and visit.device.knows(customer.id):
        mine = f"{visit.device.id} {customer.id}"
        return {rate_limits.SIGN_INS_FROM_A_KNOWN_DEVICE: mine}
    who = email_key(email)
    return {
        rate_limits.SIGN_INS_FROM_ONE_PLACE_FOR_ONE_ADDRESS: f"{visit.network} {who}",
        rate_limits.SIGN_INS_FROM_ONE_PLACE: visit.network,
        rate_limits.SIGN_INS_FOR_ONE_ADDRESS: who,
    }


def _open(
    act: UnitOfWork, proof: Proof, rehashed: str | None, agent: str, session_ms: int
) -> SignedIn | SecondStep:
    try:
        proof.check_still_good(act)
    except (WrongPassword, NoSession) as error:
        raise WrongCredentials("changed or closed a moment ago") from error
    if rehashed is not None:
        customers.replace_password_hash(act.conn, proof.customer_id, rehashed)
    if app_factors.of_customer(act.conn, proof.customer_id):
        fitted = digest(rehashed or proof.fitted)
        return SecondStep(customer_id=proof.customer_id, fitted=fitted, begun_at_ms=act.now_ms)
    return open_session(act, proof.customer_id, agent, "password", session_ms)
