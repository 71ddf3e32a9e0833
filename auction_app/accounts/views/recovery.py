"""The way back into an account whose password is forgotten."""

from flask import Blueprint, Response, flash, request, url_for
from service_kit.visitor_network import visitor_network

from auction_app.accounts.forms import ForgotPasswordForm, ResetPasswordForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository.customers import email_key
from auction_app.accounts.reset_password import check_reset, request_reset, reset_password
from auction_app.accounts.visitor import remember_device
from auction_app.db.rate_limits import RESETS_FOR_ONE_ADDRESS, RESETS_FROM_ONE_PLACE, use_up
from auction_app.errors import BadInput
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts, passwords: Passwords) -> Blueprint:
    """Ask for the link, and follow it."""
    views = Blueprint("recovery", __name__)

    @views.get("/forgot-password")
    def forgot() -> Response:
        return page("accounts/forgot_password.html", form={}, errors={})

    @views.post("/forgot-password")
    def forgot_send() -> Response:
        try:
            email = ForgotPasswordForm.read(request.form).email
        except BadInput as error:
            return page(
                "accounts/forgot_password.html", 422, form=request.form, errors=error.fields
            )
        use_up(parts.store, RESETS_FROM_ONE_PLACE, visitor_network(request))
        use_up(parts.store, RESETS_FOR_ONE_ADDRESS, email_key(email))
        with parts.begin() as act:
            request_reset(act, email)
        return page("accounts/reset_sent.html", email=email)

    @views.get("/reset-password/<token>")
    def reset(token: str) -> Response:
        check_reset(parts.store, parts.signatures, token)
        return page("accounts/reset_password.html", token=token, errors={})

    @views.post("/reset-password/<token>")
    def reset_send(token: str) -> Response:
        customer = check_reset(parts.store, parts.signatures, token)
        try:
            reset_password(parts.store, passwords, customer, ResetPasswordForm.read(request.form))
        except BadInput as error:
            return page("accounts/reset_password.html", 422, token=token, errors=error.fields)
        flash(_("Your new password is set. Sign in with it."))
        answer = see_other(url_for("sessions.sign_in_form"))
        remember_device(parts, answer, customer.id)
        return answer

    return views
