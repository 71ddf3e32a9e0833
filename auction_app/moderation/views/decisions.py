"""A decision, to whom it concerns: what, why, where it stands, and the appeal against it."""

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.access import permitted
from service_kit.notify import Channel
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.db.ids import new_key
from auction_app.errors import BadInput, NotFound
from auction_app.listings.repository import auctions
from auction_app.moderation import hal as represent
from auction_app.moderation.appeal import appeal, appeal_token, decision_of
from auction_app.moderation.forms import ON_APPEAL, AppealAnswerForm, AppealForm
from auction_app.moderation.model import Decision, Statement
from auction_app.moderation.moderate import answer_appeal
from auction_app.moderation.repository import decisions, statements
from auction_app.moderation.views.moderators import moderator
from auction_app.orders.repository import messages
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import hal, negotiated, page, see_other, wants_hal


def pages(parts: Parts) -> PlainBlueprint:
    """The decision by its address, and by the link of a mail: a closed account can't sign in."""
    views = PlainBlueprint("decisions", __name__)

    @views.get("/decisions/<string:decision_id>")
    def show(decision_id: str) -> Response:
        return _page(parts, _seen(parts, decision_id), mine=_is_mine(parts, decision_id))

    @views.post("/decisions/<string:decision_id>")
    def send(decision_id: str) -> Response:
        me = signed_in(parts)
        return _appealed(
            parts,
            decision_id,
            me.id,
            url_for("decisions.show", decision_id=decision_id),
        )

    @views.get("/appeals/<token>")
    def by_link(token: str) -> Response:
        return _page(parts, decision_of(parts.store, parts.signatures, token), mine=True)

    @views.post("/appeals/<token>")
    def send_by_link(token: str) -> Response:
        found = decision_of(parts.store, parts.signatures, token)
        return _appealed(
            parts, found.id, found.customer_id, url_for("decisions.by_link", token=token)
        )

    return views


def answers(parts: Parts, decree_channel: Channel) -> PlainBlueprint:
    """Where a moderator answers an appeal."""
    views = PlainBlueprint("appeal_answers", __name__)

    @views.get("/moderation/decisions/<string:decision_id>")
    def look(decision_id: str) -> Response:
        moderator(parts)
        return _page(parts, _by_id(parts, decision_id), answering=True)

    @views.post("/moderation/decisions/<string:decision_id>")
    def answer(decision_id: str) -> Response:
        me = moderator(parts)
        try:
            form = AppealAnswerForm.read(request.form)
        except BadInput as error:
            return _page(parts, _by_id(parts, decision_id), answering=True, errors=error.fields)
        with parts.begin() as act:
            answer_appeal(act, decision_id, me, form)
        decree_channel.notify()
        flash(_("Done and recorded."))
        return see_other(url_for("moderation.queue"))

    return views


def told(parts: Parts) -> Blueprint:
    """The addresses of statements, which mails are about."""
    views = Blueprint("statements", __name__)

    @negotiated(views, "/statements/<string:statement_id>", represent.StatementSchema)
    def show(statement_id: str) -> Response:
        """What one customer is told of a decision; for scope customers:read_contact."""
        if not (wants_hal() and permitted("customers:read_contact")):
            raise NotFound("no such statement")
        with parts.store.reading() as conn:
            found = statements.by_id(conn, statement_id)
        return hal(represent.statement(parts.urls, found, _page_of(parts, found)))

    return views


def _page_of(parts: Parts, statement: Statement) -> str:
    if statement.decision_id is None:
        return parts.urls.absolute("/my/notices")
    decision = _by_id(parts, statement.decision_id)
    if decision.customer_id != statement.customer_id:
        return parts.urls.absolute(f"/decisions/{decision.id}")
    return parts.urls.absolute(f"/appeals/{appeal_token(parts.signatures, decision)}")


def _by_id(parts: Parts, decision_id: str) -> Decision:
    with parts.store.reading() as conn:
        return decisions.by_id(conn, decision_id)


def _seen(parts: Parts, decision_id: str) -> Decision:
    """Raises NotFound for whoever was not told of it."""
    me = signed_in(parts)
    with parts.store.reading() as conn:
        found = decisions.by_id(conn, decision_id)
        known = statements.was_told(conn, decision_id, me.id)
    if not (known or me.moderator or me.id == found.customer_id):
        raise NotFound("somebody else's decision")
    return found


def _is_mine(parts: Parts, decision_id: str) -> bool:
    return _by_id(parts, decision_id).customer_id == signed_in(parts).id


def _appealed(parts: Parts, decision_id: str, customer_id: str, back: str) -> Response:
    try:
        form = AppealForm.read(request.form)
    except BadInput as error:
        return _page(parts, _by_id(parts, decision_id), mine=True, errors=error.fields)
    with parts.begin() as act:
        appeal(act, decision_id, customer_id, form.text)
    flash(_("Your appeal has been sent. A moderator will look at it again."))
    return see_other(back)


def _page(
    parts: Parts,
    decision: Decision,
    *,
    mine: bool = False,
    answering: bool = False,
    errors: dict[str, str] | None = None,
) -> Response:
    with parts.store.reading() as conn:
        auction = auctions.by_id(conn, decision.auction_id) if decision.auction_id else None
        message = messages.by_id(conn, decision.message_id) if decision.message_id else None
    return page(
        "moderation/decision.html",
        422 if errors else 200,
        decision=decision,
        auction=auction,
        message=message if mine or answering else None,
        mine=mine,
        answering=answering and decision.waits,
        can_appeal=mine and decision.may_appeal(parts.clock()),
        actions=ON_APPEAL,
        key=new_key(),
        form=request.form,
        errors=errors or {},
    )
