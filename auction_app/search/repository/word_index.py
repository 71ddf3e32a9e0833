"""The words' index of each engine: what it holds of a text, and how it is asked."""

from collections.abc import Collection, Iterable

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    table,
)

from auction_app.db.tables import search_entries
from auction_app.search.wanted import Alternatives, Token, Wanted

BEGINNINGS = range(3, 7)
"""How long the beginnings are that have an index; few words share a longer one."""

_fts = table("auction_words", column("rowid"), column("auction_words"))
# Where FTS5 keeps the text itself (sqlite.org/fts5.html, 9.2): an entry's is had there for half of
# what it costs through the virtual table.
_texts = table("auction_words_content", column("id"), column("c0"))


def lexemes(words: Collection[str], tokens: Collection[str]) -> list[str]:
    """What PostgreSQL's index holds of a text: its words, their beginnings beside them, and tokens.

    For a beginning GIN would gather every entry of every word that starts so, and the planner
    could only guess how many those are. FTS5 keeps such an index by itself.
    """
    starts = {_start(word[:n]) for word in words for n in BEGINNINGS if len(word) >= n}
    return [*words, *sorted(starts), *tokens]


def postgres_match(wanted: Wanted) -> ColumnElement[bool]:
    """Whether an entry is what is wanted."""
    from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR  # with all of its drivers

    # Written into the statement, for a plan that is kept for all words fits none: how many entries
    # hold them decides what to read first. There are letters, digits and our own signs in it only.
    terms = " & ".join(_postgres_terms(wanted))
    asked: BindParameter[str] = bindparam(None, terms, literal_execute=True)
    return column("words", TSVECTOR).op("@@")(cast(asked, TSQUERY))  # not to_tsquery: it parses


def _postgres_terms(wanted: Wanted) -> Iterable[str]:
    yield from map(_postgres_any, wanted.all)
    if wanted.none:
        yield f"!{_postgres_any(wanted.none)}"
    if wanted.beyond:
        yield f"!({' & '.join(map(_postgres_any, wanted.beyond))})"


def _postgres_any(alternatives: Alternatives) -> str:
    return f"({' | '.join(map(_postgres_word, alternatives))})"


def _postgres_word(token: Token) -> str:
    if not token.longer:
        return f"'{token.text}'"
    return f"'{_start(token.text)}'" if len(token.text) in BEGINNINGS else f"'{token.text}':*"


def _start(word: str) -> str:
    return f"^{word}"  # which is in no word


def sqlite_numbers(wanted: Wanted) -> Select[tuple[int]]:
    """The numbers of the entries that are what is wanted, out of the index; there must be
    something that they hold."""
    asked = " AND ".join(map(_fts_any, wanted.all))
    for none in ([_fts_any(wanted.none)] if wanted.none else []) + _fts_beyond(wanted):
        asked = f"({asked}) NOT ({none})"
    return select(_fts.c.rowid).where(_fts.c.auction_words.op("MATCH")(asked))


def _fts_beyond(wanted: Wanted) -> list[str]:
    return [" AND ".join(map(_fts_any, wanted.beyond))] if wanted.beyond else []


def _fts_any(alternatives: Alternatives) -> str:
    words = (f'"{text}"*' if longer else f'"{text}"' for text, longer in alternatives)
    return f"({' OR '.join(words)})"


def sqlite_test(wanted: Wanted) -> ColumnElement[bool]:
    """Whether an entry is what is wanted, without the index: its text is looked through."""
    held = [*map(_held, wanted.all)]
    held += [not_(_held(wanted.none))] if wanted.none else []
    held += [not_(and_(*map(_held, wanted.beyond)))] if wanted.beyond else []
    return exists().where(_texts.c.id == search_entries.c.number, *held)


def sqlite_effort(wanted: Wanted) -> float:
    """What that test costs where reading an entry is 1: a common part stands for forty words, and
    each of them is looked for by itself. | 1 word: 4 | 40 words: 29 |"""
    words = sum(map(len, (*wanted.all, wanted.none, *wanted.beyond)))
    return 3 + 0.65 * words


def _held(alternatives: Alternatives) -> ColumnElement[bool]:
    text = literal(" ") + _texts.c.c0 + literal(" ")
    words = (f" {text}" if longer else f" {text} " for text, longer in alternatives)
    return or_(*(func.instr(text, word) > 0 for word in words))
