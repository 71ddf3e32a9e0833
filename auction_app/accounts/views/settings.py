"""Settings of one's own account: profile, address, password, sessions."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, url_for
from service_kit.local_time import zone_names

from auction_app.accounts.change_address import (
    confirm_address,
    request_address,
    waiting_address,
)
from auction_app.accounts.change_password import change_password
from auction_app.accounts.edit_profile import edit_profile
from auction_app.accounts.forms import ChangeAddressForm, ChangePasswordForm, ProfileForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.sessions import end_other_sessions, end_session, own_sessions
from auction_app.accounts.visitor import session_token, signed_in, visitor
from auction_app.errors import BadInput, WrongPassword
from auction_app.parts import Parts
from auction_app.web.i18n import LANGUAGES, _
from auction_app.web.negotiation import page, see_other


def account(parts: Parts, passwords: Passwords) -> Blueprint:
    """The account's pages."""
    views = Blueprint("account", __name__)

    @views.get("/account")
    def show() -> Response:
        return _settings(parts)

    @views.post("/account/profile")
    def profile() -> Response:
        me = signed_in(parts)
        try:
            form = ProfileForm.read(request.form)
            with parts.begin() as act:
                edit_profile(act, me, form)
        except BadInput as error:
            return _settings(parts, error.fields)
        return _done(_("Saved."))

    @views.post("/account/address")
    def address() -> Response:
        me = signed_in(parts)
        try:
            form = ChangeAddressForm.read(request.form)
            request_address(parts.store, passwords, me, form, session=session_token())
        except (BadInput, WrongPassword) as error:
            return _settings(parts, _complaints(error, "password"))
        return _done(
            _("We have written to %(email)s. Follow the link in that mail.", email=form.email)
        )

    return views


def address_link(parts: Parts) -> Blueprint:
    """The link that was sent to a new address: it shows what it would do, and a button does it."""
    views = Blueprint("address_link", __name__)

    @views.get("/confirm-address/<token>")
    def ask(token: str) -> Response:
        who = visitor(parts).customer
        to = waiting_address(parts.store, parts.signatures, token, visitor=who)
        return page("accounts/confirm_address.html", token=token, to=to)

    @views.post("/confirm-address/<token>")
    def confirm(token: str) -> Response:
        who, session = visitor(parts).customer, session_token()
        confirm_address(parts.store, parts.signatures, token, visitor=who, session=session)
        return _done(_("Your address is changed. You are signed out everywhere else."))

    return views


def credentials(parts: Parts, passwords: Passwords) -> Blueprint:
    """The password, and where one is signed in."""
    views = Blueprint("credentials", __name__)

    @views.post("/account/password")
    def password() -> Response:
        me = signed_in(parts)
        try:
            form = ChangePasswordForm.read(request.form)
            change_password(parts.store, passwords, me, form, session=session_token())
        except (BadInput, WrongPassword) as error:
            return _settings(parts, _complaints(error, "old_password"))
        return _done(_("Your password is changed. You are signed out everywhere else."))

    @views.get("/account/sessions")
    def sessions() -> Response:
        found = own_sessions(parts.store, signed_in(parts), token=session_token())
        return page("accounts/sessions.html", sessions=found)

    @views.post("/account/sessions/end-others")
    def end_others() -> Response:
        me = signed_in(parts)
        with parts.begin() as act:
            end_other_sessions(act, me, token=session_token())
        flash(_("You are signed out everywhere else."))
        return see_other(url_for("credentials.sessions"))

    @views.post("/account/sessions/<string:handle>/end")
    def end(handle: str) -> Response:
        me = signed_in(parts)
        with parts.begin() as act:
            end_session(act, me, handle)
        flash(_("That session is ended."))
        return see_other(url_for("credentials.sessions"))

    return views


def _settings(parts: Parts, errors: Mapping[str, str] | None = None) -> Response:
    me = signed_in(parts)
    typed = request.form if errors else {}
    return page(
        "accounts/account.html",
        422 if errors else 200,
        me=me,
        form={"name": me.name, "locale": me.locale, "time_zone": me.time_zone or ""} | dict(typed),
        errors=errors or {},
        languages=LANGUAGES,
        zones=_zones(),
    )


def _zones() -> list[str]:
    """Places, without the historic and technical names beside them."""
    return ["UTC", *sorted(name for name in zone_names() if _is_place(name))]


def _is_place(name: str) -> bool:
    area, _slash, place = name.partition("/")
    return bool(place) and area not in {"Etc", "SystemV", "US", "posix", "right"}


def _complaints(error: BadInput | WrongPassword, field: str) -> Mapping[str, str]:
    return error.fields if isinstance(error, BadInput) else {field: "wrong_password"}


def _done(words: str) -> Response:
    flash(words)
    return see_other(url_for("account.show"))
