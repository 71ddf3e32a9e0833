"""Open an account and verify its address."""

from flask import Blueprint, Response, flash, request, url_for
from service_kit.visitor_network import visitor_network

from auction_app.accounts.accept_terms import TermsInForce, accept_terms
from auction_app.accounts.forms import SignUpForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.request_verification import request_verification
from auction_app.accounts.sign_up import sign_up
from auction_app.accounts.verify_email import address_to_verify, verify_email
from auction_app.accounts.visitor import signed_in, visitor
from auction_app.db.rate_limits import SIGN_UPS_FROM_ONE_PLACE, use_up
from auction_app.errors import BadInput, LinkDead, TooSoon
from auction_app.parts import Parts
from auction_app.web.i18n import _, viewer_locale
from auction_app.web.negotiation import local_path, page, see_other


def pages(parts: Parts, passwords: Passwords, terms: TermsInForce) -> Blueprint:
    """The pages of an account's beginning; `terms` says which version of them holds."""
    views = Blueprint("accounts", __name__)

    @views.get("/sign-up")
    def sign_up_form() -> Response:
        return page("accounts/sign_up.html", form={}, errors={}, terms=terms.now())

    @views.post("/sign-up")
    def sign_up_send() -> Response:
        use_up(parts.store, SIGN_UPS_FROM_ONE_PLACE, visitor_network(request))
        try:
            form = SignUpForm.read(request.form)
            sign_up(parts.store, passwords, form, locale=viewer_locale(), terms=terms.now())
        except BadInput as error:
            form_again = {"form": request.form, "errors": error.fields, "terms": terms.now()}
            return page("accounts/sign_up.html", 422, **form_again)
        return page("accounts/check_mail.html", email=form.email)

    @views.post("/verify-email")
    def request_mail() -> Response:
        try:
            me = signed_in(parts)
            with parts.begin() as act:
                request_verification(act, me)
            flash(_("We have sent the mail. Its link works for three days."))
        except TooSoon as error:
            flash(_("We sent a mail just now. Ask again in %(n)d seconds.", n=error.retry_after_s))
        return see_other(local_path(request.form.get("next")))

    @views.post("/account/terms")
    def accept() -> Response:
        me = signed_in(parts)
        try:
            in_force = terms.now()
            with parts.begin() as act:
                accept_terms(act, me, request.form.get("terms", ""), in_force)
        except BadInput:
            flash(_("The terms have changed meanwhile. Please read them again."))
            return see_other("/terms")
        flash(_("Thank you. You have accepted the terms of use."))
        return see_other(local_path(request.form.get("next")))

    return views


def verification_link(parts: Parts) -> Blueprint:
    """The link that was sent to the address: it says whose it is, and a button confirms it."""
    views = Blueprint("verification_link", __name__)

    @views.get("/verify-email/<token>")
    def ask(token: str) -> Response:
        who = visitor(parts).customer
        account = address_to_verify(parts.store, parts.signatures, token, visitor=who)
        return page("accounts/verify_email.html", token=token, account=account)

    @views.post("/verify-email/<token>")
    def verify(token: str) -> Response:
        verify_email(parts.store, parts.signatures, token, visitor=visitor(parts).customer)
        flash(_("Your address is confirmed. You can bid and sell now."))
        return see_other(url_for("home.show"))

    @views.errorhandler(LinkDead)
    def dead(_error: LinkDead) -> Response:
        return page("accounts/link_dead.html", 410)

    return views
