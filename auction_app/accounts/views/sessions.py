"""Sign in and out."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.forms import SignInForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.second_step import SecondStep
from auction_app.accounts.sign_in import sign_in
from auction_app.accounts.views.visits import end_current, let_in, visit
from auction_app.accounts.visitor import expect_second_step
from auction_app.errors import AccountClosed, TooManyAttempts, WrongCredentials
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import local_path, page, see_other
from auction_app.web.security import SESSION_S


def pages(parts: Parts, passwords: Passwords) -> Blueprint:
    """The pages that start and end a session."""
    views = Blueprint("sessions", __name__)

    @views.get("/sign-in")
    def sign_in_form() -> Response:
        return page("accounts/sign_in.html", next=local_path(request.args.get("next")), form={})

    @views.post("/sign-in")
    def sign_in_send() -> Response:
        goes_to = local_path(request.form.get("next"))
        try:
            signed = sign_in(
                parts.store,
                passwords,
                SignInForm.read(request.form),
                visit(parts),
                session_ms=SESSION_S * 1000,
            )
        except WrongCredentials:
            word = _("Wrong e-mail or password.")
            return page("accounts/sign_in.html", 422, next=goes_to, form=request.form, problem=word)
        except AccountClosed as closed:
            word = _("This account was closed by the house.")
            token = parts.signatures.link_token("appeal", closed.customer_id)
            return page(
                "accounts/sign_in.html",
                403,
                next=goes_to,
                form=request.form,
                problem=word,
                appeal=url_for("decisions.by_link", token=token),
            )
        except TooManyAttempts as error:
            word = _("Too many attempts. Please try again in a quarter of an hour.")
            answer = page(
                "accounts/sign_in.html", 429, next=goes_to, form=request.form, problem=word
            )
            answer.headers["Retry-After"] = str(error.retry_after_s)
            return answer
        if isinstance(signed, SecondStep):
            expect_second_step(signed)
            return see_other(url_for("second_step.form", next=goes_to))
        return let_in(parts, signed, goes_to)

    @views.post("/sign-out")
    def sign_out_send() -> Response:
        end_current(parts)
        flash(_("You are signed out."))
        answer = see_other(url_for("home.show"))
        # What the browser keeps of the session's pages: nobody finds them by going back.
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    return views
