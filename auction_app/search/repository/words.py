"""What the words' index is asked: words, of which longer ones stand for others too, and choices."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, cast, column, exists, func, literal, select, table

from auction_app.db.tables import search_entries
from auction_app.search.query import SearchQuery, is_prefix

BEGINNINGS = range(3, 7)
"""How long the beginnings are that have an index; few words share a longer one."""

_fts = table("auction_words", column("rowid"), column("auction_words"))
# Where FTS5 keeps the text itself (sqlite.org/fts5.html, 9.2): an entry's is had there for half of
# what it costs through the virtual table.
_texts = table("auction_words_content", column("id"), column("c0"))


def lexemes(words: Collection[str]) -> list[str]:
    """What PostgreSQL's index holds of a text: its words, and their beginnings beside them.

    For a beginning GIN would gather every entry of every word that starts so, and the planner
    could only guess how many those are. FTS5 keeps such an index by itself.
    """
    starts = {_start(word[:n]) for word in words for n in BEGINNINGS if len(word) >= n}
    return [*words, *sorted(starts)]


def postgres_match(query: SearchQuery) -> ColumnElement[bool]:
    """Whether an entry holds them all."""
    from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR  # with all of its drivers

    asked = " & ".join([*map(_postgres_word, query.words), *(f"'{it}'" for it in query.tokens)])
    return column("words", TSVECTOR).op("@@")(cast(asked, TSQUERY))  # not to_tsquery: it parses


def _postgres_word(word: str) -> str:
    if not is_prefix(word):
        return f"'{word}'"
    return f"'{_start(word)}'" if len(word) in BEGINNINGS else f"'{word}':*"


def _start(word: str) -> str:
    return f"^{word}"  # which is in no word


def sqlite_numbers(query: SearchQuery) -> Select[tuple[int]]:
    """The numbers of the entries that hold them all, out of the index."""
    words = [f'"{word}"*' if is_prefix(word) else f'"{word}"' for word in query.words]
    asked = " AND ".join([*words, *(f'"{token}"' for token in query.tokens)])
    return select(_fts.c.rowid).where(_fts.c.auction_words.op("MATCH")(asked))


def sqlite_test(query: SearchQuery) -> ColumnElement[bool]:
    """Whether an entry holds them all, without the index: its text is looked through.

    Two microseconds an entry, where the index takes a hundred.
    """
    text = literal(" ") + _texts.c.c0 + literal(" ")
    words = [f" {word}" if is_prefix(word) else f" {word} " for word in query.words]
    held = [func.instr(text, it) > 0 for it in (*words, *(f" {token} " for token in query.tokens))]
    return exists().where(_texts.c.id == search_entries.c.number, *held)
