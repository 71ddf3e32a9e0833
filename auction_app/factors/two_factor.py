"""The second factor that anybody can have: codes of an app, and recovery codes beside it."""

from dataclasses import dataclass, field

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import CodeUnreadable, NotPossible, WrongCode
from auction_app.factors import totp
from auction_app.factors.model import AppFactor, What
from auction_app.factors.recovery_codes import code_digest, new_codes
from auction_app.factors.repository import app_factors, changes
from auction_app.signatures import Signatures

_USE = "app-secret"
_SETUP, _SETUP_LIVES_MS = "two-factor-setup", 30 * 60_000
_LONGEST_CODE = 40


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A secret that waits for the first code of the app that it was put into. `sealed` brings it
    back to us: until that code it is stored nowhere."""

    secret: str = field(repr=False)
    sealed: str = field(repr=False)


def new_setup(signatures: Signatures, customer_id: str, fitted: str, *, now_ms: int) -> Setup:
    """Something to put into an app; `fitted` is the digest of the password's hash, with which it
    is void when the password changes."""
    secret = totp.new_secret()
    sealed = signatures.seal(_SETUP, f"{secret} {now_ms}", about=f"{customer_id} {fitted}")
    return Setup(secret=secret, sealed=sealed)


def read_setup(
    signatures: Signatures, sealed: str, customer_id: str, fitted: str, *, now_ms: int
) -> Setup:
    """The same, come back. Raises NotPossible when it is not ours, another's, or too old."""
    try:
        text = signatures.unseal(_SETUP, sealed, about=f"{customer_id} {fitted}")
    except ValueError as error:
        raise NotPossible("two_factor") from error
    secret, begun_at_ms = text.split(" ")
    if now_ms - int(begun_at_ms) > _SETUP_LIVES_MS:
        raise NotPossible("two_factor")
    return Setup(secret=secret, sealed=sealed)


def turn_on(
    act: UnitOfWork, signatures: Signatures, customer_id: str, setup: Setup, typed: str
) -> tuple[str, ...]:
    """Ask for a code at each sign-in from now on; returns the recovery codes, for the only time.

    Raises WrongCode; NotPossible when it is on already.
    """
    if app_factors.of_customer(act.conn, customer_id):
        raise NotPossible("two_factor")
    step = totp.matching_step(setup.secret, _bare(typed), now_ms=act.now_ms)
    if step is None:
        raise WrongCode("the app shows another code")
    factor = AppFactor(
        customer_id=customer_id,
        sealed_secret=seal_secret(signatures, customer_id, setup.secret),
        since_ms=act.now_ms,
        last_step=step,
    )
    app_factors.add(act.conn, factor)
    tell(act, customer_id, "two-factor-on")
    return _give_codes(act, customer_id)


def renew_codes(act: UnitOfWork, customer_id: str) -> tuple[str, ...]:
    """New recovery codes in place of the old. Raises NotPossible while it is off."""
    if app_factors.of_customer(act.conn, customer_id) is None:
        raise NotPossible("two_factor")
    tell(act, customer_id, "codes-renewed")
    return _give_codes(act, customer_id)


def turn_off(act: UnitOfWork, customer_id: str) -> None:
    """Ask for no code any more; may be repeated."""
    if app_factors.of_customer(act.conn, customer_id):
        app_factors.remove(act.conn, customer_id)
        tell(act, customer_id, "two-factor-off")


def check_code(act: UnitOfWork, signatures: Signatures, customer_id: str, typed: str) -> None:
    """Use up a code of the customer's app, or one of the recovery codes. Raises WrongCode, also for
    a code that was used; CodeUnreadable for each of the app whose secret no key of ours opens."""
    if totp.is_code(_bare(typed)):
        _check_app(act, signatures, customer_id, _bare(typed))
        return
    digest = code_digest(customer_id, typed[:_LONGEST_CODE])
    if not app_factors.take_code(act.conn, customer_id, digest, now_ms=act.now_ms):
        raise WrongCode("no recovery code that is left")
    tell(act, customer_id, "recovery-code-used")


def tell(act: UnitOfWork, customer_id: str, what: What) -> None:
    """Have the customer hear of a change, exactly once: each has an id of its own."""
    changes.note(act.conn, customer_id, what, now_ms=act.now_ms)
    act.announce("customers", "update", act.urls.customer(customer_id))


def _check_app(act: UnitOfWork, signatures: Signatures, customer_id: str, code: str) -> None:
    factor = app_factors.of_customer(act.conn, customer_id)
    if factor is None:
        raise WrongCode("there is no app")
    secret = read_secret(signatures, factor)
    step = totp.matching_step(secret, code, now_ms=act.now_ms)
    if step is None or not app_factors.take_step(act.conn, customer_id, step):
        raise WrongCode("another code, or one that was used")


def read_secret(signatures: Signatures, factor: AppFactor) -> str:
    """The secret of an app. Raises CodeUnreadable."""
    try:
        return signatures.unseal(_USE, factor.sealed_secret, about=factor.customer_id)
    except ValueError as error:
        raise CodeUnreadable("none of our keys opens the secret") from error


def seal_secret(signatures: Signatures, customer_id: str, secret: str) -> str:
    """As it is stored: under the first of our keys."""
    return signatures.seal(_USE, secret, about=customer_id)


def _give_codes(act: UnitOfWork, customer_id: str) -> tuple[str, ...]:
    codes = new_codes()
    digests = [code_digest(customer_id, code) for code in codes]
    app_factors.replace_codes(act.conn, customer_id, digests)
    return codes


def _bare(typed: str) -> str:
    return "".join(typed.split())
