"""What the words' index is asked, in no engine's language.

An entry's text in the index is its words; beside them are tokens that nobody types: the stems of
all of its words, those of its title once more, and its choices (query.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from auction_app.search.query import SearchQuery
from auction_app.search.synonyms import others
from auction_app.search.words import Word

PREFIX_FROM = 3
"""A word of so many letters also stands for longer ones."""
_SUFFIX_FROM, _PART_FROM = 3, 4

Containing = Callable[[str], Iterable[str]]
"""The known stems that hold one as a part."""


class Token(NamedTuple):
    """A word of the index; `longer`: or one that begins so."""

    text: str
    longer: bool = False


Alternatives = tuple[Token, ...]


@dataclass(frozen=True)
class Wanted:
    """An entry must hold one of each alternatives in `all`, none in `none`, and not one of each
    in `beyond`, which is what was asked for before."""

    all: tuple[Alternatives, ...] = ()
    none: Alternatives = ()
    beyond: tuple[Alternatives, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all or self.none or self.beyond)


def stem_token(stem: str) -> Token:
    """That a stem is somewhere in the text."""
    return Token(f"0s0{stem}")


def title_token(stem: str) -> Token:
    """That a stem is in the title."""
    return Token(f"0t0{stem}")


def holds(whole: str, part: str) -> bool:
    """Whether a word's stem stands in a longer one as a word of its own may.

    | part | whole | | why |
    |---|---|---|---|
    | fahrrad | kinderfahrrad, fahrradkorb | yes | at the end, at the beginning |
    | lamp | tischlampenschirm | yes | within, with three letters on each side |
    | lamp | clamp | no | one letter before is no word |
    | rad | fahrrad | yes | three letters stand at the end, after three others |
    | rad | radio, paradise | no | |
    """
    before = whole.find(part)
    if whole == part or before < 0:
        return False
    if len(part) < _PART_FROM:
        return len(part) == _SUFFIX_FROM and whole.endswith(part) and len(whole) >= 6
    at_the_end = whole.endswith(part) and len(whole) >= len(part) + 2
    after = len(whole) - before - len(part)
    return before == 0 or at_the_end or min(before, after) >= 3


def anywhere(query: SearchQuery, containing: Containing) -> Wanted:
    """All of the words wherever they are, in whatever form, and as parts of others."""
    return Wanted(
        all=(*(_anywhere(word, containing) for word in query.words), *_choices(query)),
        none=_none(query),
    )


def by_fit(query: SearchQuery, containing: Containing) -> tuple[Wanted, ...]:
    """The same parted by how well it fits, the best first: all words in the title; all of them
    there, some as parts of others or as what else it is called; the rest."""
    choices, none = _choices(query), _none(query)
    exact = tuple(_of_stems(word, title_token) for word in query.words)
    parts = tuple(_in_title(word, containing) for word in query.words)
    rest = tuple(_anywhere(word, containing) for word in query.words)
    first = Wanted((*exact, *choices), none)
    second = (Wanted((*parts, *choices), none, beyond=exact),) if parts != exact else ()
    return (first, *second, Wanted((*rest, *choices), none, beyond=parts))


def _choices(query: SearchQuery) -> tuple[Alternatives, ...]:
    return tuple((Token(token),) for token in query.tokens)


def _none(query: SearchQuery) -> Alternatives:
    tokens = (
        token
        for word in query.without
        for token in (Token(word.plain), *_of_stems(word, stem_token))
    )
    return tuple(dict.fromkeys(tokens))


def _of_stems(word: Word, token: Callable[[str], Token]) -> Alternatives:
    return tuple(map(token, word.stems))


def _in_title(word: Word, containing: Containing) -> Alternatives:
    return _of_names(word, containing, title_token)


def _anywhere(word: Word, containing: Containing) -> Alternatives:
    typed = Token(word.plain, longer=len(word.plain) >= PREFIX_FROM)
    return (typed, *_of_names(word, containing, stem_token))


def _of_names(word: Word, containing: Containing, token: Callable[[str], Token]) -> Alternatives:
    names = (word, *others(word))
    stems = (stem for name in names for stem in (*name.stems, *_longer(name, containing)))
    return tuple(map(token, dict.fromkeys(stems)))


def _longer(word: Word, containing: Containing) -> tuple[str, ...]:
    found = (stem for part in word.stems for stem in containing(part))
    return tuple(dict.fromkeys(stem for stem in found if stem not in word.stems))
