"""What the sides of an order ask of each other, and say of each other in the end."""

from flask import Blueprint, Response, flash, request

from auction_app.accounts.visitor import signed_in
from auction_app.orders.ask_other_side import answer_request, make_request
from auction_app.orders.forms import FeedbackForm, RequestAnswerForm, RequestForm
from auction_app.orders.give_feedback import give_feedback
from auction_app.orders.labels import noted_word
from auction_app.orders.views.order_page import counted, order_of, take_form
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.web.i18n import _


def pages(parts: Parts, desk: PaymentDesk | None) -> Blueprint:
    """Requests, their answers, and feedback."""
    views = Blueprint("order_requests", __name__)

    @views.post("/orders/<string:order_id>/requests")
    def ask(order_id: str) -> Response:
        me = counted(parts)

        def take() -> None:
            form = RequestForm.read(request.form)
            with parts.begin() as act:
                make_request(act, order_id, me, form)
            flash(noted_word(str(order_of(parts, order_id, me).side_of(me.id))))

        return take_form(parts, desk, order_id, me, "request", take)

    @views.post("/orders/<string:order_id>/answers")
    def answer(order_id: str) -> Response:
        me = counted(parts)

        def take() -> None:
            form = RequestAnswerForm.read(request.form)
            with parts.begin() as act:
                answer_request(act, order_id, me, form)
            flash(noted_word(str(order_of(parts, order_id, me).side_of(me.id))))

        return take_form(parts, desk, order_id, me, "answer", take)

    @views.post("/orders/<string:order_id>/feedback")
    def say(order_id: str) -> Response:
        me = signed_in(parts)

        def take() -> None:
            form = FeedbackForm.read(request.form)
            with parts.begin() as act:
                give_feedback(act, order_id, me, form)
            flash(_("Thank you. Your feedback is on the other side's page."))

        return take_form(parts, desk, order_id, me, "feedback", take)

    return views
