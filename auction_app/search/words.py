"""What counts as a word, and as the same word in another form."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import Stemmer

_LANGUAGES = ("english", "german")
_LONGEST = 40
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, Chinese and Japanese put no spaces between words."""
_LOOK = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""How the sign before is to look, as an emoji has it."""
_own = local()


@dataclass(frozen=True)
class Word:
    """A word without accents, its stems in the languages of the house, and how it was written."""

    plain: str
    stems: tuple[str, ...]
    written: str


def words_in(text: str) -> tuple[Word, ...]:
    """The words of a text, each once: "Café-Tasse, No. 2" → cafe, tasse, no, 2. A text without
    spaces has its pairs of characters instead, which stand for any words in it."""
    found = (word for run in _runs(text) for word in _split(run))
    return tuple({word.plain: word for word in found}.values())


def fold(text: str) -> tuple[str, ...]:
    """The words of a text as the index has them."""
    return tuple(word.plain for word in words_in(text))


def single_signs(text: str) -> tuple[str, ...]:
    """The characters of what is written without spaces, for who looks for only one of them."""
    runs = (it for run in _runs(text) for it in _UNSPACED.findall(bare(run)) if it[1:])
    return tuple(dict.fromkeys(sign for run in runs for sign in run))


def bare(text: str) -> str:
    """A text without accents: "Ölgemälde" → olgemalde."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if not unicodedata.combining(c))


def _runs(text: str) -> list[str]:
    """Letters, digits and their marks that stand together. What is not seen, such as a soft
    hyphen, parts nothing."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf" and not _LOOK.match(c))
    runs = "".join(c if _is_of_a_word(c) else " " for c in seen).split()
    return [run for run in runs if any(map(str.isalnum, run))]


def _is_of_a_word(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c) in {"Mn", "Mc"}


def _split(run: str) -> list[Word]:
    """A run as words; those without spaces as pairs."""
    words: list[Word] = []
    end = 0
    plain = bare(run)
    if not _UNSPACED.search(plain):
        return [_word(run)] if plain else []
    for match in _UNSPACED.finditer(plain):
        words += [_word(it) for it in [plain[end : match.start()]] if it]
        signs, end = match[0], match.end()
        pairs = [signs[n : n + 2] for n in range(len(signs) - 1)] or [signs]
        words += [Word(pair, (pair,), pair) for pair in pairs]
    return words + [_word(it) for it in [plain[end:]] if it]


@lru_cache(maxsize=50_000)
def _word(written: str) -> Word:
    plain = bare(written)[:_LONGEST]
    stems = (bare(stemmer.stemWord(written)) for stemmer in _stemmers())
    return Word(plain, tuple(dict.fromkeys(stem[:_LONGEST] for stem in stems)), written)


def _stemmers() -> "list[Stemmer.Stemmer]":
    """One of each language for each thread, as they ask for."""
    if not hasattr(_own, "stemmers"):
        _own.stemmers = [Stemmer.Stemmer(language) for language in _LANGUAGES]
    found: list[Stemmer.Stemmer] = _own.stemmers
    return found
