"""Questions and answers on an item."""

from collections.abc import Iterator

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.access import permitted
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in, visitor
from auction_app.errors import BadInput, NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.questions import hal as represent
from auction_app.questions import repository as questions
from auction_app.questions.ask_question import answer_question, ask_question, check_may_ask
from auction_app.questions.forms import AnswerForm, QuestionForm
from auction_app.questions.hal import QuestionSchema
from auction_app.web.i18n import _
from auction_app.web.negotiation import ItemPage, hal, negotiated, see_other, wants_hal


def api(parts: Parts) -> Blueprint:
    """The addresses of questions, which mails are about."""
    views = Blueprint("question", __name__)

    @negotiated(views, "/questions/<string:question_id>", QuestionSchema)
    def question(question_id: str) -> Response:
        """A question and its answer."""
        with parts.store.reading() as conn:
            found = questions.by_id(conn, question_id)
        all_of_it = wants_hal() and permitted("customers:read_contact")
        who = visitor(parts).customer
        if found is None or not (all_of_it or found.seen_by(who.id if who else None)):
            raise NotFound("no such question")
        if wants_hal():
            return hal(represent.question(parts.urls, found, with_asker=all_of_it))
        return see_other(_place_of(found.auction_id, found.id))

    return views


def pages(parts: Parts, item_page: ItemPage) -> PlainBlueprint:
    """Asking and answering."""
    views = PlainBlueprint("questions", __name__)

    @views.post("/auctions/<string:auction_id>/questions")
    def ask(auction_id: str) -> Response:
        me, auction = signed_in(parts), _auction(parts, auction_id)
        check_may_ask(auction, me, now_ms=parts.clock())
        try:
            asked = ask_question(parts.store, auction, me, QuestionForm.read(request.form))
        except BadInput as error:
            return item_page(
                auction_id,
                question_typed=request.form.get("question", ""),
                question_errors=error.fields,
            )
        flash(_("Your question is with the seller. Everybody sees it once it is answered."))
        return see_other(_place_of(auction_id, asked.id))

    @views.post("/questions/<string:question_id>/answer")
    def answer(question_id: str) -> Response:
        me = signed_in(parts)
        try:
            form = AnswerForm.read(request.form)
            with parts.begin() as act:
                answered = answer_question(act, question_id, me, form)
        except BadInput:
            with parts.store.reading() as conn:
                found = questions.by_id(conn, question_id)
            if found is None or found.seller_id != me.id:
                raise NotFound("no such question") from None
            flash(_("An answer needs some text, at most 1000 characters."))
            return see_other(_place_of(found.auction_id, found.id))
        flash(_("Your answer is on the page."))
        return see_other(_place_of(answered.auction_id, answered.id))

    return views


def _auction(parts: Parts, auction_id: str) -> Auction:
    who = visitor(parts).customer
    with parts.store.reading() as conn:
        return auctions.shown_to(conn, auction_id, who)


def _place_of(auction_id: str, question_id: str) -> str:
    return url_for("items.show", auction_id=auction_id, _anchor=f"question-{question_id}")


def blueprints(parts: Parts, item_page: ItemPage) -> Iterator[PlainBlueprint]:
    """All addresses of the feature."""
    yield api(parts)
    yield pages(parts, item_page)
