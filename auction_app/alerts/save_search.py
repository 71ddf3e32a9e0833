"""Keep a search, and be told of what is listed later."""

from collections.abc import Mapping

from service_kit.money import Money, exponent_of

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.alerts.model import MOST_SEARCHES, SavedSearch
from auction_app.alerts.repository import searches
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotPossible
from auction_app.search.query import SearchQuery

_AS_TYPED = ("q", "category", "condition", "format")


def save_search(
    act: UnitOfWork, query: SearchQuery, typed: Mapping[str, str], *, customer: Customer
) -> None:
    """Keep what `query` looks for, which was `typed` so. The same is kept once.

    Raises NotPossible("nothing_asked") when it narrows nothing, NotPossible("too_many").
    """
    asked = asked_of(query, typed)
    if not asked or query.speechless:
        raise NotPossible("nothing_asked")
    customers.locked(act.conn, customer.id)
    kept = searches.of_customer(act.conn, customer.id)
    if asked in [dict(search.asked) for search in kept]:
        return
    if len(kept) >= MOST_SEARCHES:
        raise NotPossible("too_many")
    new = SavedSearch(id=new_id(), customer_id=customer.id, asked=asked)
    searches.add(act.conn, new, now_ms=act.now_ms)


def asked_of(query: SearchQuery, typed: Mapping[str, str]) -> dict[str, str]:
    """A query as parameters that mean the same to everybody."""
    narrowed = query.price_from is not None or query.price_to is not None
    words = {
        **{name: typed.get(name, "")[:100].strip() for name in _AS_TYPED},
        "currency": query.currency if narrowed or typed.get("currency") else None,
        "price_from": _amount(query, query.price_from),
        "price_to": _amount(query, query.price_to),
    }
    return {name: value for name, value in words.items() if value}


def _amount(query: SearchQuery, thousandths: int | None) -> str | None:
    if thousandths is None or query.currency is None:
        return None
    minor = thousandths // 10 ** (3 - exponent_of(query.currency))
    return str(Money(minor, query.currency).amount)
