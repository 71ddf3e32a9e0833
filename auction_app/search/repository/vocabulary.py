"""The stems that listings have used, found by their parts and by what is spelt nearly so.

What is listed later is only added: a stem that no listing uses any more finds nothing.
"""

from collections.abc import Iterable
from functools import cache, partial
from itertools import islice

from service_kit.dialects import insert_missing
from sqlalchemy import Connection, and_, func, select

from auction_app.db.tables import search_forms, search_stems
from auction_app.search.spelling import part_forms, part_of, spelling_forms
from auction_app.search.wanted import Containing, holds
from auction_app.search.words import Word

MOST_LONGER = 40
_MOST_READ = 200
_SHORTEST = 3
_AFTER_ALL = "\U0010ffff"


def add(conn: Connection, words: Iterable[Word]) -> None:
    """Learn what is new among these words, in an order in which nobody waits for each other."""
    written = {
        stem: word.written for word in words for stem in word.stems if len(stem) >= _SHORTEST
    }
    known = conn.execute(select(search_stems.c.stem).where(search_stems.c.stem.in_(written)))
    new = sorted(written.keys() - set(known.scalars()))
    rows = [{"stem": stem, "written": written[stem]} for stem in new]
    insert_missing(conn, search_stems, rows)
    forms = [
        {"form": form, "stem": stem}
        for stem in new
        for form in sorted({*part_forms(stem), *spelling_forms(stem)})
    ]
    insert_missing(conn, search_forms, forms)


def containing(conn: Connection, part: str) -> tuple[str, ...]:
    """Stems that hold one as a part, the shortest first; so many at most."""
    if len(part) < _SHORTEST:
        return ()
    form, stem = search_forms.c.form, search_forms.c.stem
    begins, length = part_of(part), func.length(stem)
    at_the_end = form == begins
    anywhere = and_(form >= begins, form < begins + _AFTER_ALL)
    found = (
        select(stem, length)
        .where(at_the_end if len(part) == _SHORTEST else anywhere)
        .distinct()
        .order_by(length, stem)
        .limit(_MOST_READ)
    )
    longer = (it for it in conn.execute(found).scalars() if holds(it, part))
    return tuple(islice(longer, MOST_LONGER))


def parts_known(conn: Connection) -> Containing:
    """`containing` for the time of one search, which asks for the same part again."""
    return cache(partial(containing, conn))


def near(conn: Connection, words: Iterable[Word]) -> dict[Word, dict[str, str]]:
    """What may be meant by each of these words: stems, and how they were written."""
    forms = {word: {form for stem in word.stems for form in spelling_forms(stem)} for word in words}
    found = (
        select(search_forms.c.form, search_stems)
        .join(search_stems, search_stems.c.stem == search_forms.c.stem)
        .where(search_forms.c.form.in_(sorted(set().union(*forms.values()))))
        .order_by(search_stems.c.stem)
    )
    rows = conn.execute(found).all()
    return {
        word: {row.stem: row.written for row in rows if row.form in theirs}
        for word, theirs in forms.items()
    }


def known(conn: Connection, stems: Iterable[str]) -> dict[str, str]:
    """How those of these stems that are known were written."""
    rows = conn.execute(select(search_stems).where(search_stems.c.stem.in_(list(stems))))
    return {row.stem: row.written for row in rows}
