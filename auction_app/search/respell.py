"""What may be meant by words with which nothing is found."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice, product

from auction_app.db.store import Transaction
from auction_app.search.query import SearchQuery
from auction_app.search.repository import vocabulary
from auction_app.search.repository.tally import count
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
        counts = [count(conn, it, containing, now_ms=now_ms, most=_ENOUGH) for it in queries]
        if any(counts):
            return queries[counts.index(max(counts))]
    return None


def _readings(conn: Transaction, query: SearchQuery) -> Iterator[Reading]:
    each = [[(0, (word,)), *_instead(conn, word)] for word in query.words]
    for chosen in product(*each):
        words = tuple(word for _, words in chosen for word in words)
        yield sum(apart for apart, _ in chosen), words


def _instead(conn: Transaction, word: Word) -> list[Reading]:
    near = [
        (_apart(word, stem), words_in(written))
        for stem, written in vocabulary.near(conn, word)
        if stem not in word.stems
    ]
    close = [reading for reading in near if reading[0] <= most_apart(word.plain)]
    return [*sorted(close, key=_rank)[:_NEAR], *_parted(conn, word)]


def _rank(reading: Reading) -> tuple[int, str]:
    apart, words = reading
    return apart, words[0].plain


def _apart(word: Word, stem: str) -> int:
    return max(1, min(distance(own, stem) for own in word.stems))


def _parted(conn: Transaction, word: Word) -> Iterator[Reading]:
    """ "desklamp" as "desk lamp", where both are known."""
    places = range(3, len(word.plain) - 2)
    halves = {n: words_in(f"{word.plain[:n]} {word.plain[n:]}") for n in places}
    stems = {stem for both in halves.values() for half in both for stem in half.stems}
    known = vocabulary.known(conn, stems)
    for both in halves.values():
        if len(both) == 2 and all(known.keys() & set(half.stems) for half in both):
            yield 1, both
