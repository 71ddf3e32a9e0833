"""Start a session with an address and a password."""

from dataclasses import dataclass, field

from service_kit.tokens import digest, new_token

from auction_app.accounts.check_password import Proof
from auction_app.accounts.forms import SignInForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers, sessions
from auction_app.accounts.repository.customers import email_key
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.errors import (
    AccountClosed,
    NoSession,
    TooManyAttempts,
    WrongCredentials,
    WrongPassword,
)
from auction_app.web.fields import LONGEST_EMAIL, LONGEST_PASSWORD

WINDOW_MS = 15 * 60 * 1000
FAILURES_FROM_ONE_PLACE_FOR_ONE_ADDRESS = 10
FAILURES_FROM_ONE_PLACE = 100
FAILURES_FOR_ONE_ADDRESS = 100


@dataclass(frozen=True)
class SignedIn:
    """The token for the cookie; only its digest is stored."""

    token: str = field(repr=False)
    expires_at_ms: int


def sign_in(
    store: Store,
    passwords: Passwords,
    form: SignInForm,
    *,
    place: str,
    agent: str,
    session_ms: int,
) -> SignedIn:
    """Open a session; `place` is the network address that the attempt comes from, `agent` what
    the browser says it is.

    Raises WrongCredentials, the same for an unknown address and a wrong password and after the
    same time; TooManyAttempts after ten failures in 15 minutes for this address from this place
    (or a hundred for either of them);
    AccountClosed for the right password of a banned account.
    """
    email, password = form.email.strip()[:LONGEST_EMAIL], form.password
    limits, since_ms = _limits(email, place), store.clock() - WINDOW_MS
    with store.reading() as conn:
        counts = {
            subject: rate_limits.count(conn, subject, since_ms=since_ms) for subject in limits
        }
        found = customers.by_email(conn, email)
    if any(counts[subject] >= limit for subject, limit in limits.items()):
        raise TooManyAttempts(WINDOW_MS // 1000)
    stored = found[1] if found else None
    matches = len(password) <= LONGEST_PASSWORD and passwords.match(password, stored)
    if not matches or found is None:
        _note_failure(store, list(limits))
        raise WrongCredentials("address and password do not belong together")
    if found[0].banned_at_ms is not None:
        raise AccountClosed("banned by a moderator")
    rehashed = passwords.hash(password) if passwords.outdated(found[1]) else None
    proof = Proof(found[0].id, found[1])
    return _open(store, proof, rehashed, agent=agent[:200], session_ms=session_ms)


def _limits(email: str, place: str) -> dict[str, int]:
    who = email_key(email)
    return {
        digest(f"{place} {who}"): FAILURES_FROM_ONE_PLACE_FOR_ONE_ADDRESS,
        digest(f"place {place}"): FAILURES_FROM_ONE_PLACE,
        digest(f"address {who}"): FAILURES_FOR_ONE_ADDRESS,
    }


def _note_failure(store: Store, subjects: list[str]) -> None:
    with store.begin() as act:
        keep_since_ms = act.now_ms - WINDOW_MS
        rate_limits.note(act.conn, subjects, now_ms=act.now_ms, keep_since_ms=keep_since_ms)


def _open(
    store: Store,
    proof: Proof,
    rehashed: str | None,
    *,
    agent: str,
    session_ms: int,
) -> SignedIn:
    with store.begin() as act:
        try:
            proof.check_still_good(act)
        except (WrongPassword, NoSession) as error:
            raise WrongCredentials("changed or closed a moment ago") from error
        signed_in = SignedIn(token=new_token(), expires_at_ms=act.now_ms + session_ms)
        if rehashed is not None:
            customers.replace_password_hash(act.conn, proof.customer_id, rehashed)
        sessions.add(
            act.conn,
            token_digest=digest(signed_in.token),
            customer_id=proof.customer_id,
            agent=agent,
            now_ms=act.now_ms,
            expires_at_ms=signed_in.expires_at_ms,
        )
    return signed_in
