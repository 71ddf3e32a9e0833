"""What a visitor looks for, as the search form's address says it."""

import re
import unicodedata
from dataclasses import dataclass

from service_kit.money import Money, exponent_of

FORMATS = ("auction", "buy_now")
SORTS = ("ending", "newest", "price", "price_desc", "popular")
ENDING_WITHIN_H = (1, 24, 168)
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
