"""What may be meant by words with which nothing is found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby, islice, product

from auction_app.db.store import Transaction
from auction_app.search.query import SearchQuery
from auction_app.search.repository import vocabulary
from auction_app.search.repository.tally import counts
from auction_app.search.spelling import distance, most_apart
from auction_app.search.wanted import Containing
from auction_app.search.words import Word, words_in

_NEAR = 4
_TRIED = 16
_ENOUGH = 50

Reading = tuple[int, tuple[Word, ...]]
"""Words in place of one that was typed, and how far from it they are."""


def respell(
    conn: Transaction, query: SearchQuery, containing: Containing, *, now_ms: int
) -> SearchQuery | None:
    """The query with what is spelt nearly so, or parted in two, that finds something: the nearest,
    and of those as near the one that finds most. None when nothing does."""
    readings = sorted(_readings(conn, query), key=lambda reading: reading[0])
    tried = islice((reading for reading in readings if reading[0]), _TRIED)
    for _, alike in groupby(tried, key=lambda reading: reading[0]):
        queries = [replace(query, words=words) for _, words in alike]
        found = counts(conn, queries, containing, now_ms=now_ms, most=_ENOUGH)
        if any(found):
            return queries[found.index(max(found))]
    return None


def _readings(conn: Transaction, query: SearchQuery) -> Iterator[Reading]:
    near = vocabulary.near(conn, query.words)
    parted = _parted(conn, query.words)
    each = [[(0, (word,)), *_close(word, near[word]), *parted[word]] for word in query.words]
    for chosen in product(*each):
        words = tuple(word for _, words in chosen for word in words)
        yield sum(apart for apart, _ in chosen), words


def _close(word: Word, near: Mapping[str, str]) -> list[Reading]:
    others = [
        (_apart(word, stem), words_in(written))
        for stem, written in near.items()
        if stem not in word.stems
    ]
    close = [reading for reading in others if reading[0] <= most_apart(word.plain)]
    return sorted(close, key=_rank)[:_NEAR]


def _rank(reading: Reading) -> tuple[int, str]:
    apart, words = reading
    return apart, words[0].plain


def _apart(word: Word, stem: str) -> int:
    return max(1, min(distance(own, stem) for own in word.stems))


def _parted(conn: Transaction, words: Iterable[Word]) -> dict[Word, list[Reading]]:
    """ "desklamp" as "desk lamp", where both are known."""
    halves = {word: list(_halves(word.plain)) for word in words}
    parts = (half for pairs in halves.values() for both in pairs for half in both)
    known = vocabulary.known(conn, {stem for half in parts for stem in half.stems}).keys()
    return {
        word: [(1, both) for both in pairs if all(known & set(half.stems) for half in both)]
        for word, pairs in halves.items()
    }


def _halves(plain: str) -> Iterator[tuple[Word, ...]]:
    for place in range(3, len(plain) - 2):
        both = words_in(f"{plain[:place]} {plain[place:]}")
        if len(both) == 2:
            yield both
