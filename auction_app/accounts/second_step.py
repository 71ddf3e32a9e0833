"""The second step of signing in: a code, or a passkey, after the password."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from service_kit.tokens import digest

from auction_app.accounts.open_session import SignedIn, Visit, open_session
from auction_app.accounts.repository import customers
from auction_app.db import rate_limits
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NoSession, SecondStepOver
from auction_app.factors import two_factor
from auction_app.factors.model import ProvedBy
from auction_app.signatures import Signatures

LIVES_MS = 10 * 60_000


@dataclass(frozen=True, kw_only=True)
class SecondStep:
    """Somebody knew an account's password, and is asked for more: `fitted` is the digest of the
    hash that the password fitted."""

    customer_id: str
    fitted: str = field(repr=False)
    begun_at_ms: int

    def to_cookie(self) -> list[Any]:
        """As the visitor's cookie keeps it, which is signed."""
        return [self.customer_id, self.fitted, self.begun_at_ms]

    @classmethod
    def from_cookie(cls, kept: Any, *, now_ms: int) -> "SecondStep":
        """The same, come back. Raises SecondStepOver without one, or after ten minutes."""
        try:
            customer_id, fitted, begun_at_ms = kept
        except (TypeError, ValueError) as error:
            raise SecondStepOver("not begun") from error
        if now_ms - begun_at_ms > LIVES_MS:
            raise SecondStepOver("begun too long ago")
        return cls(customer_id=customer_id, fitted=fitted, begun_at_ms=begun_at_ms)


def finish_by_code(
    store: Store,
    signatures: Signatures,
    step: SecondStep,
    typed: str,
    visit: Visit,
    *,
    session_ms: int,
) -> SignedIn:
    """Open the session.

    Raises WrongCode; TooManyAttempts after ten wrong ones in an hour for this account, or a hundred
    in 15 minutes from this network, and on a device where the customer has signed in before after
    ten of its own; SecondStepOver once the password was changed.
    """

    def check(act: UnitOfWork) -> None:
        two_factor.check_code(act, signatures, step.customer_id, typed)

    return finish(store, step, check, visit, proved_by="code", session_ms=session_ms)


def finish(
    store: Store,
    step: SecondStep,
    check: Callable[[UnitOfWork], None],
    visit: Visit,
    *,
    proved_by: ProvedBy,
    session_ms: int,
) -> SignedIn:
    """Open the session if `check` raises nothing. An attempt is counted before it is judged."""
    attempt = _attempt(step, visit)
    with store.begin() as act:
        rate_limits.use_up_all(act, attempt)
    with store.begin() as act:
        _check_still_good(act, step)
        check(act)
        rate_limits.give_back(act, attempt)
        return open_session(act, step.customer_id, visit.agent, proved_by, session_ms)


def _attempt(step: SecondStep, visit: Visit) -> rate_limits.Attempt:
    """Who has the password and guesses codes keeps the owner out nowhere where they signed in
    before."""
    if visit.device.knows(step.customer_id):
        mine = f"{visit.device.id} {step.customer_id}"
        return {rate_limits.SECOND_STEPS_FROM_A_KNOWN_DEVICE: mine}
    return {
        rate_limits.SECOND_STEPS_FOR_ONE_ACCOUNT: step.customer_id,
        rate_limits.SECOND_STEPS_FROM_ONE_PLACE: visit.network,
    }


def _check_still_good(act: UnitOfWork, step: SecondStep) -> None:
    try:
        customers.locked(act.conn, step.customer_id)
    except NoSession as error:
        raise SecondStepOver("the account is closed") from error
    fits = customers.password_hash(act.conn, step.customer_id)
    if not hmac.compare_digest(digest(fits or ""), step.fitted):
        raise SecondStepOver("the password was changed")
