"""Whether a listing is what a saved search looks for: the search's own rules, for one listing."""

from collections.abc import Collection
from dataclasses import dataclass

from auction_app.listings.categories import top_of
from auction_app.listings.model import Auction
from auction_app.search.query import SearchQuery, thousandths
from auction_app.search.wanted import PREFIX_FROM, holds
from auction_app.search.words import Word, single_signs, words_in


@dataclass(frozen=True)
class Listed:
    """A listing, taken apart once for all searches."""

    auction: Auction
    plain: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, auction: Auction) -> "Listed":
        """The listing's words."""
        text = f"{auction.title} {auction.description}"
        words = words_in(text)
        plain = frozenset({*(word.plain for word in words), *single_signs(text)})
        return cls(auction, plain, frozenset(stem for word in words for stem in word.stems))


def matches(query: SearchQuery, listed: Listed) -> bool:
    """Whether the search would find it."""
    said = all(_says(listed, word) for word in query.words)
    return said and not _says_any(listed, query.without) and _is_chosen(query, listed.auction)


def _says(listed: Listed, word: Word) -> bool:
    if word.plain in listed.plain or listed.stems & set(word.stems):
        return True
    if len(word.plain) >= PREFIX_FROM and any(it.startswith(word.plain) for it in listed.plain):
        return True
    return any(holds(whole, part) for part in word.stems for whole in listed.stems)


def _says_any(listed: Listed, words: Collection[Word]) -> bool:
    return any(word.plain in listed.plain or listed.stems & set(word.stems) for word in words)


def _is_chosen(query: SearchQuery, auction: Auction) -> bool:
    details, terms = auction.details, auction.terms
    has = {
        "condition": details.condition,
        "format": "buy_now" if terms.buy_now else "auction",
        "currency": terms.currency,
    }
    category = query.category in {None, details.category, top_of(details.category)}
    chosen = category and all(getattr(query, name) in {None, value} for name, value in has.items())
    price = thousandths(auction.price or terms.start_price)
    least, most = query.price_from, query.price_to
    return chosen and (least is None or price >= least) and (most is None or price <= most)
