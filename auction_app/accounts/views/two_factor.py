"""Two-factor sign-in: on, off, and its recovery codes."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.change_two_factor import (
    begin_setup,
    how_one_signs_in,
    read_setup,
    renew_codes,
    turn_off,
    turn_on,
)
from auction_app.accounts.forms import FirstCodeForm, ProofForm, RenewCodesForm, SetupForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.visitor import session_token, signed_in
from auction_app.errors import WrongCode, WrongPassword
from auction_app.factors import totp
from auction_app.factors.two_factor import Setup
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts, passwords: Passwords) -> Blueprint:
    """How one signs in, and the forms that change it."""
    views = Blueprint("two_factor", __name__)

    @views.get("/account/two-factor")
    def show() -> Response:
        return settings(parts)

    @views.post("/account/two-factor/codes")
    def codes() -> Response:
        me, typed = signed_in(parts), RenewCodesForm.read(request.form).renew_proof
        try:
            new = renew_codes(
                parts.store, passwords, parts.signatures, me, typed, session=session_token()
            )
        except (WrongPassword, WrongCode):
            return settings(parts, {"renew_proof": "wrong_proof"})
        return page("accounts/recovery_codes.html", codes=new, is_new=False)

    @views.post("/account/two-factor/off")
    def off() -> Response:
        me, typed = signed_in(parts), ProofForm.read(request.form).proof
        try:
            turn_off(parts.store, passwords, parts.signatures, me, typed, session=session_token())
        except (WrongPassword, WrongCode):
            return settings(parts, {"proof": "wrong_proof"})
        flash(_("Two-factor sign-in is off. Your password alone signs you in."))
        return see_other(url_for("two_factor.show"))

    return views


def setup_pages(parts: Parts, passwords: Passwords) -> Blueprint:
    """Put a key into an app, and show that it is there by a first code."""
    views = Blueprint("two_factor_setup", __name__)

    @views.post("/account/two-factor/begin")
    def begin() -> Response:
        me, typed = signed_in(parts), SetupForm.read(request.form).password
        try:
            setup = begin_setup(
                parts.store, passwords, parts.signatures, me, typed, session=session_token()
            )
        except WrongPassword:
            return settings(parts, {"password": "wrong_password"})
        return _setup_page(me.email, setup)

    @views.post("/account/two-factor")
    def on() -> Response:
        me, form = signed_in(parts), FirstCodeForm.read(request.form)
        setup = read_setup(parts.store, parts.signatures, me, form.setup)
        try:
            codes = turn_on(
                parts.store, parts.signatures, me, setup, form.code, session=session_token()
            )
        except WrongCode:
            return _setup_page(me.email, setup, {"code": "wrong_code"})
        return page("accounts/recovery_codes.html", codes=codes, is_new=True)

    return views


def settings(parts: Parts, errors: Mapping[str, str] | None = None) -> Response:
    """How the visitor signs in."""
    me = signed_in(parts)
    return page(
        "accounts/two_factor.html",
        422 if errors else 200,
        how=how_one_signs_in(parts.store, me),
        form=request.form if errors else {},
        errors=errors or {},
    )


def _setup_page(account: str, setup: Setup, errors: Mapping[str, str] | None = None) -> Response:
    uri = totp.setup_uri(setup.secret, account)
    return page(
        "accounts/two_factor_setup.html",
        422 if errors else 200,
        picture=totp.picture(uri),
        uri=uri,
        secret=totp.spelt(setup.secret),
        setup=setup.sealed,
        errors=errors or {},
    )
