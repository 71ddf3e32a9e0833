"""What a visitor looks for, as the search form's address says it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from service_kit.errors import NotAnAmount
from service_kit.money import Money, exponent_of

from auction_app.errors import AmountUnclear
from auction_app.listings.terms import CATEGORIES, CONDITIONS
from auction_app.web.amounts import read_amount
from auction_app.web.forms import Fields

FORMATS = ("auction", "buy_now")
SORTS = ("ending", "newest", "price", "price_desc", "popular")
ENDING_WITHIN_H = (1, 24, 168)
LONGEST = 100
_MOST_WORDS = 8
_PREFIX_FROM = 3


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """`words` are folded; None and () restrict nothing. Prices are in thousandths."""

    words: tuple[str, ...] = ()
    category: str | None = None
    condition: str | None = None
    format: str | None = None
    currency: str | None = None
    price_from: int | None = None
    price_to: int | None = None
    ending_within_h: int | None = None
    sort: str = "ending"

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the index must hold besides the words."""
        return facets(self.category, self.condition, self.format, self.currency)


def read_query(
    arguments: Mapping[str, str], *, currencies: tuple[str, ...], decimal_mark: str
) -> SearchQuery:
    """The query in an address. A choice that does not exist restricts nothing; a price that is
    none raises BadInput for its field."""
    fields = Fields(arguments)
    currency = _choice(arguments, "currency", currencies)
    prices_in = currency or currencies[0]
    limits = [_price(fields, name, prices_in, decimal_mark) for name in ("price_from", "price_to")]
    fields.finish()
    within = _choice(arguments, "within", tuple(map(str, ENDING_WITHIN_H)))
    return SearchQuery(
        words=fold(arguments.get("q", "")[:LONGEST])[:_MOST_WORDS],
        category=_choice(arguments, "category", CATEGORIES),
        condition=_choice(arguments, "condition", CONDITIONS),
        format=_choice(arguments, "format", FORMATS),
        currency=prices_in if any(limit is not None for limit in limits) else currency,
        price_from=limits[0],
        price_to=limits[1],
        ending_within_h=int(within) if within else None,
        sort=_choice(arguments, "sort", SORTS) or SORTS[0],
    )


def fold(text: str) -> tuple[str, ...]:
    """The words in a text as the index has them: "Café-Tasse, No. 2" → cafe, tasse, no, 2."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(dict.fromkeys(re.findall(r"[^\W_]+", bare)))


def facets(
    category: str | None, condition: str | None, format: str | None, currency: str | None
) -> tuple[str, ...]:
    """Choices as words that nobody types, so that one index narrows by all of them at once."""
    chosen = {"c": category, "d": condition, "f": format, "m": currency}
    return tuple(f"0{key}0{fold_one(value)}" for key, value in chosen.items() if value)


def fold_one(text: str) -> str:
    """A fixed word of ours as a single token."""
    return text.replace("_", "").lower()


def is_prefix(word: str) -> bool:
    """Whether a word also stands for longer ones: "lamp" finds "lamps", "a" only "a"."""
    return len(word) >= _PREFIX_FROM


def thousandths(amount: Money) -> int:
    """An amount as a number that compares with those of other currencies."""
    return int(amount.amount_minor * 10 ** (3 - exponent_of(amount.currency)))


def _choice(arguments: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    chosen = arguments.get(name, "")
    return chosen if chosen in choices else None


def _price(fields: Fields, name: str, currency: str, decimal_mark: str) -> int | None:
    typed = fields.raw(name).strip()
    if not typed:
        return None
    try:
        return thousandths(read_amount(typed, currency, decimal_mark=decimal_mark))
    except AmountUnclear:
        fields.refuse(name, "amount_unclear")
    except NotAnAmount:
        fields.refuse(name, "not_an_amount")
    return None
