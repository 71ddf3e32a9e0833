"""The second step of signing in, and signing in with a passkey."""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, flash, jsonify, request, session, url_for

from auction_app.accounts.forms import CodeForm
from auction_app.accounts.open_session import SignedIn
from auction_app.accounts.second_step import SecondStep, finish_by_code
from auction_app.accounts.views.visits import let_in, visit
from auction_app.accounts.visitor import second_step
from auction_app.errors import (
    AccountClosed,
    CodeUnreadable,
    NotFound,
    PasskeyRefused,
    SecondStepOver,
    TooManyAttempts,
    WrongCode,
)
from auction_app.factors.relying_party import RelyingParty, relying_party
from auction_app.factors.repository import passkeys
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import local_path, page, see_other
from auction_app.web.security import SESSION_S

CHALLENGE = "passkey_challenge"
"""Under which a browser's cookie keeps what it was asked to sign."""


def pages(parts: Parts) -> Blueprint:
    """A code after the password."""
    views = Blueprint("second_step", __name__)

    @views.get("/sign-in/code")
    @_or_from_the_beginning
    def form() -> Response:
        return _form(parts, second_step(parts), request.args.get("next"))

    @views.post("/sign-in/code")
    @_or_from_the_beginning
    def send() -> Response:
        step, typed = second_step(parts), CodeForm.read(request.form).code

        def finish() -> SignedIn:
            return finish_by_code(
                parts.store, parts.signatures, step, typed, visit(parts), session_ms=_SESSION_MS
            )

        return _finished(parts, step, finish)

    return views


def by_passkey(parts: Parts) -> Blueprint:
    """A passkey in place of the password, or after it. The browser's part needs JavaScript."""
    views = Blueprint("passkey", __name__)

    @views.post("/sign-in/passkey/options")
    @_or_from_the_beginning
    def options() -> Response:
        from auction_app.accounts.sign_in_by_passkey import ask_for_passkey

        step = second_step(parts) if "second" in request.form else None
        challenge, asked = ask_for_passkey(parts.store, party_of(parts), step, visit(parts))
        session[CHALLENGE] = challenge
        return jsonify(asked)

    @views.post("/sign-in/passkey")
    @_or_from_the_beginning
    def send() -> Response:
        from auction_app.accounts.sign_in_by_passkey import sign_in_by_passkey

        step = second_step(parts) if "second" in request.form else None
        challenge = session.pop(CHALLENGE, "")

        def finish() -> SignedIn:
            return sign_in_by_passkey(
                parts.store,
                party_of(parts),
                step,
                visit(parts),
                challenge=challenge,
                answer=request.form.get("credential", ""),
                session_ms=_SESSION_MS,
            )

        return _finished(parts, step, finish)

    return views


def party_of(parts: Parts) -> RelyingParty:
    """The house as passkeys know it. Raises NotFound where there can be none."""
    found = relying_party(parts.config.public_url)
    if found is None:
        raise NotFound("no passkeys at this address")
    return found


def _finished(parts: Parts, step: SecondStep | None, finish: Callable[[], SignedIn]) -> Response:
    goes_to = request.form.get("next")
    try:
        return let_in(parts, finish(), local_path(goes_to))
    except CodeUnreadable:
        words = _("We can't check the codes of your app. Use a recovery code, or write to us.")
        return _again(parts, step, words, 422)
    except WrongCode:
        words = _("This code is wrong, or was used already. Wait for the next one.")
        return _again(parts, step, words, 422)
    except PasskeyRefused:
        words = _("This passkey was not accepted. Please try again, or sign in without it.")
        return _again(parts, step, words, 422)
    except AccountClosed as closed:
        token = parts.signatures.link_token("appeal", closed.customer_id)
        appeal = url_for("decisions.by_link", token=token)
        words = _("This account was closed by the house.")
        return _again(parts, step, words, 403, appeal=appeal)
    except TooManyAttempts as error:
        words = _("Too many attempts. Please try again in an hour.")
        answer = _again(parts, step, words, 429)
        answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer


def _or_from_the_beginning(view: Callable[[], Response]) -> Callable[[], Response]:
    @wraps(view)
    def guarded() -> Response:
        try:
            return view()
        except SecondStepOver:
            flash(_("That took too long, or the password was changed. Please sign in again."))
            goes_to = local_path(request.values.get("next"))
            return see_other(url_for("sessions.sign_in_form", next=goes_to))

    return guarded


def _again(
    parts: Parts, step: SecondStep | None, words: str, status: int, *, appeal: str | None = None
) -> Response:
    goes_to = request.form.get("next")
    if step is not None:
        return _form(parts, step, goes_to, words, status)
    return page(
        "accounts/sign_in.html",
        status,
        next=local_path(goes_to),
        form={},
        problem=words,
        appeal=appeal,
    )


def _form(
    parts: Parts,
    step: SecondStep,
    goes_to: str | None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    with parts.store.reading() as conn:
        has_passkeys = bool(passkeys.of_customer(conn, step.customer_id))
    return page(
        "accounts/second_step.html",
        status,
        next=local_path(goes_to),
        problem=problem,
        offers_passkey=has_passkeys,
    )


_SESSION_MS = SESSION_S * 1000
