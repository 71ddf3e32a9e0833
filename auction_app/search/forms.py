"""What a visitor looks for, as the search form's address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service_kit.money import Money

from auction_app.listings.terms import CATEGORIES, CONDITIONS, CURRENCIES
from auction_app.search.query import ENDING_WITHIN_H, FORMATS, SORTS, SearchQuery, fold, thousandths
from auction_app.web.forms import PLAIN, Form, Notation, as_typed, known, money

LONGEST = 100
_MOST_WORDS = 8


@dataclass(frozen=True, kw_only=True)
class SearchForm(Form):
    """Words and choices; a choice that does not exist restricts nothing."""

    q: str = as_typed()
    category: str | None = known(CATEGORIES)
    condition: str | None = known(CONDITIONS)
    format: str | None = known(FORMATS)
    currency: str | None = known(CURRENCIES)
    price_from: Money | None = money(optional=True)
    price_to: Money | None = money(optional=True)
    within: str | None = known(map(str, ENDING_WITHIN_H))
    sort: str | None = known(SORTS)


def read_query(arguments: Mapping[str, str], notation: Notation = PLAIN) -> SearchQuery:
    """The query in an address; prices are in its currency, or else in the house's first. Raises
    BadInput for a price that is none."""
    chosen = arguments.get("currency", "")
    prices_in = chosen if chosen in CURRENCIES else CURRENCIES[0]
    form = SearchForm.read(arguments, replace(notation, currency=prices_in))
    limited = form.price_from is not None or form.price_to is not None
    return SearchQuery(
        words=fold(form.q[:LONGEST])[:_MOST_WORDS],
        category=form.category,
        condition=form.condition,
        format=form.format,
        currency=prices_in if limited else form.currency,
        price_from=thousandths(form.price_from) if form.price_from else None,
        price_to=thousandths(form.price_to) if form.price_to else None,
        ending_within_h=int(form.within) if form.within else None,
        sort=form.sort or SORTS[0],
    )
