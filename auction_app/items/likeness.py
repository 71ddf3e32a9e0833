"""Which items are alike: of one category and currency, the more words of the title the better."""

from collections.abc import Iterable

from auction_app.listings.model import Auction

_SHORTEST = 3


def most_alike(item: Auction, others: Iterable[Auction], most: int) -> list[Auction]:
    """Of the others those with most of its words, in the order given where they have as many."""
    wanted = _words(item.title)
    rest = (other for other in others if other.id != item.id)
    return sorted(rest, key=lambda it: -len(wanted & _words(it.title)))[:most]


def alike(item: Auction, others: Iterable[Auction], most: int) -> list[Auction]:
    """The same, of those only that have a word in common."""
    wanted = _words(item.title)
    return [it for it in most_alike(item, others, most) if wanted & _words(it.title)]


def _words(title: str) -> set[str]:
    return {word for word in title.casefold().replace(",", " ").split() if len(word) >= _SHORTEST}
