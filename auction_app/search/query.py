"""What a visitor looks for, as the search form's address says it."""

from dataclasses import dataclass

from service_kit.money import Money, exponent_of

from auction_app.search.words import Word

FORMATS = ("auction", "buy_now")
SORTS = ("best", "ending", "newest", "price", "price_desc", "popular")
BY_PRICE = frozenset({"price", "price_desc"})
ENDING_WITHIN_H = (1, 24, 168)


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """`words` must be there, `without` must not; None and () restrict nothing. Prices are in
    thousandths. `speechless`: something was typed that holds no word, such as an emoji."""

    words: tuple[Word, ...] = ()
    without: tuple[Word, ...] = ()
    speechless: bool = False
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

    @property
    def priced(self) -> bool:
        """Whether amounts are compared: then it is about one currency."""
        limited = self.price_from is not None or self.price_to is not None
        return limited or self.sort in BY_PRICE


def facets(
    category: str | None, condition: str | None, format: str | None, currency: str | None
) -> tuple[str, ...]:
    """Choices as words that nobody types, so that one index narrows by all of them at once."""
    chosen = {"c": category, "d": condition, "f": format, "m": currency}
    return tuple(f"0{key}0{fold_one(value)}" for key, value in chosen.items() if value)


def fold_one(text: str) -> str:
    """A fixed word of ours as a single token."""
    return text.replace("_", "").replace("-", "").lower()


def thousandths(amount: Money) -> int:
    """An amount as a number that compares with those of its own currency."""
    return int(amount.amount_minor * 10 ** (3 - exponent_of(amount.currency)))
