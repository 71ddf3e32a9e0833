"""One seller's statement: what is owed, and what that comes of."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from accounting_service.api.schemas import OfSellerSchema, StatementSchema
from accounting_service.model.statement import Line, line_of
from accounting_service.storage.books import Booked, Books

SCOPE = "statements:read"
_PAGE = 50
_COLUMNS = ("at", "kind", "payment", "currency", "amount", "fee", "net")


def statement_url(base: str, seller_url: str, *, path: str = "statements") -> str:
    """Where a seller's statement is, of a service whose URLs begin with `base`."""
    return f"{base}/{path}?{urlencode({'seller': seller_url})}"


def statements_blueprint(books: Books, base: str) -> Blueprint:
    """`GET /statements?seller=` and `/statements.csv?seller=`; `base` is what URLs begin with."""
    blueprint = Blueprint("statements", __name__)

    @blueprint.route("/statements")
    class OfSeller(MethodView):
        @require(SCOPE)
        @blueprint.arguments(OfSellerSchema(), location="query")
        @blueprint.response(200, StatementSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any]) -> Response:
            """What a seller is owed, and a page of what that comes of; for scope
            statements:read."""
            after = _cursor(query.get("after"))
            found = books.of_seller(query["seller"], after=after, limit=_PAGE + 1)
            shown, last = cut(found, _PAGE)
            response = respond(_statement(books, query["seller"], shown, last, base))
            response.headers["Cache-Control"] = "no-store"
            return response

    @blueprint.route("/statements.csv")
    class AsTable(MethodView):
        @require(SCOPE)
        @blueprint.arguments(OfSellerSchema(only=["seller"]), location="query")
        @blueprint.response(200, content_type="text/csv")
        def get(self, query: dict[str, Any]) -> Response:
            """The whole statement as a table, the newest first; for scope statements:read."""
            rows = _table(books, query["seller"])
            return Response(rows, mimetype="text/csv", headers={"Cache-Control": "no-store"})

    return blueprint


def _statement(
    books: Books, seller_url: str, shown: Any, last: Booked | None, base: str
) -> dict[str, Any]:
    here = statement_url(base, seller_url)
    after = f"{last.journal.at_ms}-{last.id}" if last else None
    owed = [Money(it.amount_minor, it.currency).to_wire() for it in books.owed(seller_url)]
    return resource(
        {"owed": owed, "after": after},
        {
            "self": link(here),
            "seller": link(seller_url),
            "table": link(statement_url(base, seller_url, path="statements.csv")),
            "next": link(f"{here}&after={after}") if after else None,
        },
        {"lines": [_line(line_of(one.journal, seller_url)) for one in shown]},
    )


def _line(line: Line) -> dict[str, Any]:
    return resource(
        {
            "kind": line.kind.value,
            "reference": line.reference,
            "at_ms": line.at_ms,
            "amount": line.amount.to_wire(),
            "fee": line.fee.to_wire(),
            "net": line.net.to_wire(),
        },
        {"payment": None if line.reference else link(line.payment_url)},
    )


def _table(books: Books, seller_url: str) -> Iterator[str]:
    yield _row(*_COLUMNS)
    after = None
    while found := books.of_seller(seller_url, after=after, limit=_PAGE):
        for one in found:
            it = line_of(one.journal, seller_url)
            at = datetime.fromtimestamp(it.at_ms / 1000, UTC).isoformat(timespec="seconds")
            amounts = (it.amount.amount, it.fee.amount, it.net.amount)
            of = it.reference or it.payment_url
            yield _row(at, it.kind.value, of, it.amount.currency, *amounts)
        after = (found[-1].journal.at_ms, found[-1].id)


def _row(*cells: str) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cursor(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    at_ms, _, id_ = text.partition("-")
    return int(at_ms), int(id_)
