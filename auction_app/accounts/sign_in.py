"""Start a session with an address and a password."""

from dataclasses import dataclass, field

from service_kit.errors import Busy
from service_kit.tokens import digest, new_token

from auction_app.accounts.check_password import Proof
from auction_app.accounts.device import Device
from auction_app.accounts.forms import SignInForm
from auction_app.accounts.model import Customer
from auction_app.accounts.outcomes import SessionOpened
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.accounts.repository.customers import email_key
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import AccountClosed, NoSession, WrongCredentials, WrongPassword
from auction_app.web.fields import LONGEST_AGENT, LONGEST_EMAIL, LONGEST_PASSWORD, cut_line


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where an attempt comes from: the visitor's network, the browser as it calls itself, and as we
    know it."""

    network: str
    agent: str
    device: Device


@dataclass(frozen=True)
class SignedIn:
    """The token for the cookie; only its digest is stored."""

    customer_id: str
    token: str = field(repr=False)


def sign_in(
    store: Store, passwords: Passwords, form: SignInForm, visit: Visit, *, session_ms: int
) -> SignedIn:
    """Open a session.

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
) -> SignedIn:
    try:
        proof.check_still_good(act)
    except (WrongPassword, NoSession) as error:
        raise WrongCredentials("changed or closed a moment ago") from error
    signed_in = SignedIn(proof.customer_id, new_token())
    if rehashed is not None:
        customers.replace_password_hash(act.conn, proof.customer_id, rehashed)
    browser = cut_line(agent, LONGEST_AGENT)
    with act.performing(SessionOpened(proof.customer_id, browser)):
        sessions.add(
            act.conn,
            token_digest=digest(signed_in.token),
            customer_id=proof.customer_id,
            agent=browser,
            now_ms=act.now_ms,
            expires_at_ms=act.now_ms + session_ms,
        )
    return signed_in
