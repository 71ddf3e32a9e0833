"""Who is looking: signed in or not."""

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request, session

from auction_app.accounts.accept_terms import TermsInForce
from auction_app.accounts.device import Device, read_device, write_device
from auction_app.accounts.model import Customer
from auction_app.accounts.second_step import SecondStep
from auction_app.accounts.sessions import resume_session
from auction_app.errors import NoSession, SecondFactorNeeded, SessionExpired
from auction_app.factors.model import ProvedBy
from auction_app.parts import Parts
from auction_app.web.security import keep_cookie

_DEVICE_COOKIE = "gavel_device"
_SECOND_STEP = "second_step"
_TERMS = "terms"
_TOKEN = "token"  # noqa: S105 - the name under which the session's token is kept


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """`expired` when the browser brought a session that is no longer good; `unread` counts the
    notices that the customer has not seen; `proved_by` is how the session was opened;
    `terms_to_accept` are the terms of use that hold, where the customer has accepted others."""

    customer: Customer | None
    expired: bool = False
    unread: int = 0
    proved_by: ProvedBy = "password"
    terms_to_accept: str | None = None


def install_terms(app: Flask, terms: TermsInForce) -> None:
    """Let visitors be asked to accept them."""
    app.extensions[_TERMS] = terms


def visitor(parts: Parts) -> Visitor:
    """The visitor of the current request, looked up once and only if somebody asks. While that
    can't be done, who asks again gets nobody: the page that says so shows a visitor too."""
    if "visitor" not in g:
        g.visitor = Visitor(customer=None)
        g.visitor = _look_up(parts)
    found: Visitor = g.visitor
    return found


def signed_in(parts: Parts) -> Customer:
    """The signed-in customer. Raises NoSession, SessionExpired."""
    who = visitor(parts)
    if who.customer is None:
        raise SessionExpired("sign in again") if who.expired else NoSession("sign in")
    return who.customer


def check_second_factor(parts: Parts) -> None:
    """Raises SecondFactorNeeded where the house wants moderators to have one, and the session was
    opened with a password alone."""
    if parts.config.moderators_need_two_factors and visitor(parts).proved_by == "password":
        raise SecondFactorNeeded("sign in with a second factor")


def remember(token: str) -> None:
    """Put a new session's token into the cookie, and nothing of the session before it."""
    session.clear()
    session.permanent = True
    session[_TOKEN] = token


def forget() -> str | None:
    """Take the session's token out of the cookie; returns it if there was one."""
    token: str | None = session.get(_TOKEN)
    session.clear()
    return token


def expect_second_step(step: SecondStep) -> None:
    """Remember that the visitor knew a password, and is asked for more."""
    session[_SECOND_STEP] = step.to_cookie()


def second_step(parts: Parts) -> SecondStep:
    """What the visitor is asked for more of. Raises SecondStepOver."""
    visitor(parts)  # who says that it is over writes a page: while the store is away there is none
    return SecondStep.from_cookie(session.get(_SECOND_STEP), now_ms=parts.clock())


def this_device(parts: Parts) -> Device:
    """The device that the request comes from."""
    return read_device(parts.signatures, request.cookies.get(_DEVICE_COOKIE))


def remember_device(parts: Parts, response: Response, customer_id: str) -> None:
    """Know this device from now on as one of the customer's."""
    device = this_device(parts).after(customer_id)
    keep_cookie(parts, response, _DEVICE_COOKIE, write_device(parts.signatures, device))


def session_token() -> str:
    """The token of the session that is signed in, if one is."""
    token = session.get(_TOKEN)
    return token if isinstance(token, str) else ""


def _look_up(parts: Parts) -> Visitor:
    try:
        return whose(parts, session_token())
    except SessionExpired:
        session.pop(_TOKEN)
        return Visitor(customer=None, expired=True)


def whose(parts: Parts, token: str) -> Visitor:
    """Who has a session of that token; without one, somebody. Raises SessionExpired."""
    if not token:
        return Visitor(customer=None)
    found = resume_session(parts.store, token)
    return Visitor(
        customer=found.customer,
        unread=found.unread,
        proved_by=found.proved_by,
        terms_to_accept=_terms_to_accept(found.customer),
    )


def _terms_to_accept(customer: Customer) -> str | None:
    terms: TermsInForce = current_app.extensions[_TERMS]
    label = terms.lately()
    return label if label != customer.terms_version else None
