"""The books for the operator: where to begin, balances, what is owed, dead letters."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.access import caller, require, unauthorized
from service_kit.hal import MEDIA_TYPE, link, page_resource, resource, respond
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from accounting_service.api.schemas import (
    AfterSchema,
    BalanceSchema,
    DeadLettersSchema,
    RootSchema,
    SellersSchema,
)
from accounting_service.api.statements import statement_url
from accounting_service.storage.books import Balance, Books, Owed
from accounting_service.storage.dead_letters import DeadLetter, DeadLetters

SCOPE = "books:read"
_PAGE = 100


def books_blueprint(books: Books, dead_letters: DeadLetters, base: str) -> Blueprint:
    """`GET /`, `/balance`, `/sellers` and `/dead-letters`; `base` is what URLs begin with."""
    blueprint = Blueprint("books", __name__)

    @blueprint.route("/")
    class Root(MethodView):
        @blueprint.response(200, RootSchema, content_type=MEDIA_TYPE)
        def get(self) -> Response:
            """The links that lead to everything else; any token will do."""
            if caller() is None:
                raise unauthorized("A token is needed")
            links = {"self": link(f"{base}/"), "balance": link(f"{base}/balance")}
            statement = link(f"{base}/statements{{?seller,after}}", templated=True)
            return respond(resource({}, links | {"statement": statement}))

    @blueprint.route("/balance")
    class OfAll(MethodView):
        @require(SCOPE)
        @blueprint.response(200, BalanceSchema, content_type=MEDIA_TYPE)
        def get(self) -> Response:
            """What each account comes to, for scope books:read."""
            return respond(_balance(books.balances(), dead_letters.count(), base))

    @blueprint.route("/sellers")
    class Sellers(MethodView):
        @require(SCOPE)
        @blueprint.arguments(AfterSchema(), location="query")
        @blueprint.response(200, SellersSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any]) -> Response:
            """What each seller is owed, by URL, for scope books:read."""
            found = books.owed_to_sellers(after=query["after"], limit=_PAGE)
            last = found[-1].seller_url if len({it.seller_url for it in found}) == _PAGE else None
            shown = [_seller(one, base) for one in found]
            return respond(page_resource("sellers", shown, f"{base}/sellers", after=last))

    @blueprint.route("/dead-letters")
    class ToLookAt(MethodView):
        @require(SCOPE)
        @blueprint.arguments(AfterSchema(), location="query")
        @blueprint.response(200, DeadLettersSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any]) -> Response:
            """Payments of which something can't be booked, and why, for scope books:read."""
            shown, last = cut(dead_letters.page(after=query["after"], limit=_PAGE + 1), _PAGE)
            after = last.payment_url if last else None
            here = f"{base}/dead-letters"
            return respond(page_resource("dead-letters", _letters(shown), here, after=after))

    return blueprint


def _balance(balances: Sequence[Balance], dead_letters: int, base: str) -> dict[str, Any]:
    accounts = [
        {
            "account": one.account.value,
            "balance": Money(one.amount_minor, one.currency).to_wire(),
        }
        for one in balances
    ]
    links = {
        "self": link(f"{base}/balance"),
        "sellers": link(f"{base}/sellers"),
        "dead-letters": link(f"{base}/dead-letters"),
    }
    return resource({"accounts": accounts, "dead_letters": dead_letters}, links)


def _seller(one: Owed, base: str) -> dict[str, Any]:
    links = {"seller": link(one.seller_url), "statement": link(statement_url(base, one.seller_url))}
    return resource({"owed": Money(one.amount_minor, one.currency).to_wire()}, links)


def _letters(found: Sequence[DeadLetter]) -> list[dict[str, Any]]:
    return [
        resource(
            {"reason": one.reason, "since_ms": one.since_ms}, {"payment": link(one.payment_url)}
        )
        for one in found
    ]
