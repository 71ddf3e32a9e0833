"""A question as HAL."""

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.questions.model import Question
from auction_app.urls import Urls
from auction_app.web.hal import Document


def question(urls: Urls, question: Question, *, with_asker: bool) -> Document:
    """A question; who asked it is for the mailer only."""
    return resource(
        {
            "text": question.text,
            "answer": question.answer,
            "asked_at_ms": question.asked_at_ms,
            "answered_at_ms": question.answered_at_ms,
        },
        {
            "self": link(urls.question(question.id)),
            "auction": link(urls.auction(question.auction_id)),
            "seller": link(urls.customer(question.seller_id)),
            "asker": link(urls.customer(question.asker_id)) if with_asker else None,
        },
    )


class QuestionSchema(ma.Schema):
    """A question on an item; before it is answered for its two sides and for scope
    customers:read_contact, which also sees who asked."""

    text = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    asked_at_ms = fields.Integer(required=True)
    answered_at_ms = fields.Integer(required=True, allow_none=True)
    links = fields.Dict(data_key="_links", required=True)
