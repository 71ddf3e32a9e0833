"""The passkeys of an account. To add one needs JavaScript: the browser makes it."""

from flask import Blueprint, Response, flash, jsonify, request, session, url_for
from service_kit.problems import Problem, respond_problem

from auction_app.accounts.forms import PasskeyForm, ProofForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.views.second_step import CHALLENGE, party_of
from auction_app.accounts.views.two_factor import settings
from auction_app.accounts.visitor import session_token, signed_in
from auction_app.errors import BadInput, PasskeyRefused, WrongCode, WrongPassword
from auction_app.factors.repository import passkeys
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.labels import complaint
from auction_app.web.negotiation import page, see_other

_NAME = "passkey_name"


def pages(parts: Parts, passwords: Passwords) -> Blueprint:
    """Add one."""
    views = Blueprint("passkeys", __name__)

    @views.post("/account/passkeys/options")
    def options() -> Response:
        from auction_app.accounts.change_passkeys import ask_to_add

        me = signed_in(parts)
        try:
            form = PasskeyForm.read(request.form)
            challenge, asked = ask_to_add(
                parts.store,
                passwords,
                party_of(parts),
                me,
                form.passkey_password,
                session=session_token(),
            )
        except BadInput as error:
            return _refused(next(iter(error.fields.values())))
        except WrongPassword:
            return _refused("wrong_password")
        session[CHALLENGE], session[_NAME] = challenge, form.passkey_name
        return jsonify(asked)

    @views.post("/account/passkeys")
    def add() -> Response:
        from auction_app.accounts.change_passkeys import add_passkey

        me, name = signed_in(parts), session.pop(_NAME, "")
        try:
            add_passkey(
                parts.store,
                party_of(parts),
                me,
                name,
                challenge=session.pop(CHALLENGE, ""),
                answer=request.form.get("credential", ""),
            )
        except PasskeyRefused:
            return settings(parts, {"passkey": "passkey_refused"})
        flash(_("The passkey %(name)s is added. You can sign in with it.", name=name))
        return see_other(url_for("two_factor.show"))

    return views


def removal(parts: Parts, passwords: Passwords) -> Blueprint:
    """Remove one: a page that asks, and its button."""
    views = Blueprint("passkey_removal", __name__)

    @views.get("/account/passkeys/<string:passkey_id>/remove")
    def ask(passkey_id: str) -> Response:
        return _asking(parts, passkey_id)

    @views.post("/account/passkeys/<string:passkey_id>/remove")
    def remove(passkey_id: str) -> Response:
        from auction_app.accounts.change_passkeys import remove_passkey

        me, typed = signed_in(parts), ProofForm.read(request.form).proof
        with parts.store.reading() as conn:
            passkeys.own(conn, me.id, passkey_id)
        try:
            remove_passkey(
                parts.store,
                passwords,
                parts.signatures,
                me,
                passkey_id,
                typed,
                session=session_token(),
            )
        except (WrongPassword, WrongCode):
            return _asking(parts, passkey_id, wrong=True)
        flash(_("The passkey is removed."))
        return see_other(url_for("two_factor.show"))

    return views


def _asking(parts: Parts, passkey_id: str, *, wrong: bool = False) -> Response:
    me = signed_in(parts)
    with parts.store.reading() as conn:
        found = passkeys.own(conn, me.id, passkey_id)
    return page(
        "accounts/remove_passkey.html",
        422 if wrong else 200,
        passkey=found,
        errors={"proof": "wrong_proof"} if wrong else {},
    )


def _refused(word: str) -> Response:
    """To the script, which says it."""
    return respond_problem(Problem(422, complaint(word), reason=word))
