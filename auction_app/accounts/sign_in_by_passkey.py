"""Sign in with a passkey: alone, or as the second step after a password."""

from typing import Any

from auction_app.accounts.open_session import SignedIn, Visit, open_session
from auction_app.accounts.repository import customers
from auction_app.accounts.second_step import SecondStep, finish
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import AccountClosed, NoSession, PasskeyRefused
from auction_app.factors import passkeys
from auction_app.factors.relying_party import RelyingParty


def ask_for_passkey(
    store: Store, party: RelyingParty, step: SecondStep | None, visit: Visit
) -> tuple[str, dict[str, Any]]:
    """(challenge, what the browser is asked). Raises TooManyAttempts after 60 in a quarter of an
    hour from one network."""
    rate_limits.use_up(store, rate_limits.PASSKEY_CHALLENGES, visit.network)
    with store.begin() as act:
        return passkeys.ask_to_sign_in(act, party, step.customer_id if step else None)


def sign_in_by_passkey(
    store: Store,
    party: RelyingParty,
    step: SecondStep | None,
    visit: Visit,
    *,
    challenge: str,
    answer: str,
    session_ms: int,
) -> SignedIn:
    """Open a session for whoever's passkey answered.

    Raises PasskeyRefused, AccountClosed, TooManyAttempts, SecondStepOver.
    """
    customer_id = step.customer_id if step else None
    with store.begin() as act:
        passkeys.use_up(act, passkeys.purpose_of(customer_id), customer_id, challenge)
    if step is not None:

        def check(act: UnitOfWork) -> None:
            passkeys.check(act, party, customer_id, challenge, answer)

        return finish(store, step, check, visit, proved_by="passkey", session_ms=session_ms)
    with store.begin() as act:
        owner_id = passkeys.check(act, party, None, challenge, answer)
        _check_open(act, owner_id)
        return open_session(act, owner_id, visit.agent, "passkey", session_ms)


def _check_open(act: UnitOfWork, customer_id: str) -> None:
    try:
        customers.locked(act.conn, customer_id)
    except NoSession as error:
        if customers.by_id(act.conn, customer_id).deleted_at_ms is not None:
            raise PasskeyRefused("the account is gone") from error
        raise AccountClosed(customer_id) from error
