"""What a visitor looks for, as the search form's address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service_kit.money import Money

from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.terms import CONDITIONS, CURRENCIES
from auction_app.search.query import ENDING_WITHIN_H, FORMATS, SORTS, SearchQuery, thousandths
from auction_app.search.words import Word, words_in
from auction_app.web.forms import PLAIN, Form, Notation, as_typed, known, money
from auction_app.web.i18n import decimal_mark, viewer_currency

LONGEST = 100
_MOST_WORDS = 8


@dataclass(frozen=True, kw_only=True)
class SearchForm(Form):
    """Words and choices; a choice that does not exist restricts nothing."""

    q: str = as_typed()
    category: str | None = known(EVERY_CATEGORY)
    condition: str | None = known(CONDITIONS)
    format: str | None = known(FORMATS)
    currency: str | None = known(CURRENCIES)
    price_from: Money | None = money(optional=True)
    price_to: Money | None = money(optional=True)
    within: str | None = known(map(str, ENDING_WITHIN_H))
    sort: str | None = known(SORTS)


def read_query(
    arguments: Mapping[str, str], notation: Notation = PLAIN, *, currency: str = CURRENCIES[0]
) -> SearchQuery:
    """The query in an address. What is compared by price is in the currency that it says, or else
    in `currency`, the visitor's: amounts of several can't be. Raises BadInput for a price that is
    none."""
    chosen = arguments.get("currency", "")
    prices_in = chosen if chosen in CURRENCIES else currency
    form = SearchForm.read(arguments, replace(notation, currency=prices_in))
    words, without = read_words(form.q)
    query = SearchQuery(
        words=words,
        without=without,
        speechless=bool(form.q.strip()) and not words and not without,
        category=form.category,
        condition=form.condition,
        format=form.format,
        currency=form.currency,
        price_from=thousandths(form.price_from) if form.price_from else None,
        price_to=thousandths(form.price_to) if form.price_to else None,
        ending_within_h=int(form.within) if form.within else None,
        sort=form.sort or ("best" if words else "ending"),
    )
    return replace(query, currency=prices_in) if query.priced else query


def visitors_query(arguments: Mapping[str, str]) -> SearchQuery:
    """The same, with amounts as the visitor writes and spends them. Raises BadInput."""
    currency = viewer_currency(CURRENCIES) or CURRENCIES[0]
    return read_query(arguments, Notation(decimal_mark=decimal_mark()), currency=currency)


def read_words(typed: str) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words that are looked for, and those behind a minus that must not be there."""
    parts = typed[:LONGEST].split()
    without = [part[1:] for part in parts if part.startswith("-")]
    wanted = [part for part in parts if not part.startswith("-")]
    return words_in(" ".join(wanted))[:_MOST_WORDS], words_in(" ".join(without))[:_MOST_WORDS]
