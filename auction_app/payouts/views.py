"""The seller's own statement, as a page and as a table."""

import re
from collections.abc import Iterator

from flask import Blueprint, Response, request
from service_kit.problems import Problem

from auction_app.accounts.visitor import signed_in
from auction_app.parts import Parts
from auction_app.payouts.statements import Statements
from auction_app.web.negotiation import page

_PLACE = re.compile("[0-9]{1,15}-[0-9]{1,18}", re.ASCII)


def pages(parts: Parts, statements: Statements) -> Blueprint:
    """One's own payouts."""
    views = Blueprint("payouts", __name__)

    def seller_url() -> str:
        return parts.urls.customer(signed_in(parts).id)

    @views.get("/my/payouts")
    def show() -> Response:
        statement = statements.of(seller_url(), after=_place())
        return page("payouts/my_payouts.html", statement=statement)

    @views.get("/my/payouts.csv")
    def table() -> Response:
        headers = {"Content-Disposition": 'attachment; filename="payouts.csv"'}
        table = statements.table(seller_url())
        return Response(table, mimetype="text/csv", headers=headers | {"Cache-Control": "no-store"})

    return views


def blueprints(parts: Parts, statements: Statements) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield pages(parts, statements)


def _place() -> str | None:
    text = request.args.get("after")
    if text is not None and not _PLACE.fullmatch(text):
        raise Problem(400, "The parameter 'after' does not come from a link of ours")
    return text
