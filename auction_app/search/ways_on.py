"""Where an empty page leads: searches that ask for less and find something."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auction_app.db.store import Transaction
from auction_app.search.query import SearchQuery
from auction_app.search.repository.tally import MOST, count
from auction_app.search.repository.vocabulary import parts_known
from auction_app.search.words import Word

_CHOICES = ("category", "condition", "format", "currency", "price_from", "price_to", "within")


@dataclass(frozen=True)
class WayOn:
    """A search at the address with `arguments` that finds `total` listings, or more where that is
    the most that is counted: the same without a `word`, or (None) without any other choice."""

    word: str | None
    arguments: Mapping[str, str]
    total: int

    @property
    def more(self) -> bool:
        """Whether there are more."""
        return self.total > MOST


def ways_on(
    conn: Transaction, query: SearchQuery, arguments: Mapping[str, str], *, now_ms: int
) -> list[WayOn]:
    """What would find something; `arguments` are those of the query's address."""
    ways, containing = [], parts_known(conn)
    for word, less, its_arguments in _less(query, arguments):
        total = count(conn, less, containing, now_ms=now_ms, most=MOST + 1)
        if total:
            ways.append(WayOn(word, its_arguments, total))
    return ways


def _less(
    query: SearchQuery, arguments: Mapping[str, str]
) -> Iterator[tuple[str | None, SearchQuery, dict[str, str]]]:
    if any(arguments.get(name) for name in _CHOICES):
        only_words = SearchQuery(words=query.words, without=query.without)
        rest = {"q": arguments.get("q", "")}
        yield None, only_words, {name: text for name, text in rest.items() if text}
    if len(query.words) > 1:
        for word in query.words:
            words = tuple(it for it in query.words if it is not word)
            less = replace(query, words=words)
            yield word.written, less, {**arguments, "q": typed(words, query.without)}


def typed(words: tuple[Word, ...], without: tuple[Word, ...] = ()) -> str:
    """Words as they may be typed into the search's field."""
    return " ".join([*(it.written for it in words), *(f"-{it.written}" for it in without)])
