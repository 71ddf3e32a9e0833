"""What somebody may be called: a name that people can see, that leads nowhere, and that nobody
takes for one of the house's own."""

# ruff: noqa: RUF001 - lookalikes are what this is about

import re
import unicodedata
from collections.abc import Iterable

from marshmallow import ValidationError

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U00016fe4\U0001d159")
"""Nothing is seen of them, though Unicode counts them as letters, marks or signs."""
_PRESENTATION = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""How the sign before is to look: dropped, for it makes twins that look alike."""
_DOTS = str.maketrans(dict.fromkeys("\u3002\u0589\u06d4\ua4f8\u2022\u2219\u22c5", "."))
"""Beside those that NFKC makes dots of."""
_PILED_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3}")
_LEADS_ELSEWHERE = re.compile(
    r"://|@|\b(?:www|h(?:tt|xx)ps?)\b|[^\s.]\s*\.[^\W\d_]{2}|\d\.\d+\.\d", re.IGNORECASE
)
_WRITTEN_OUT = re.compile(
    r"\s*[\[({<]\s*(?:(?P<at>at|ät)|dot|punkt|\.)\s*[\])}>]\s*|(?<=\w)\s+(?:dot|punkt)\s+(?=\w)",
    re.IGNORECASE,
)
"""How the signs of an address are written so that a reader knows them and a machine does not."""
_DIGITS_OF_A_NUMBER = 7
"""So many in one name can be called; a year, a house's number and a postcode have fewer."""
_BESIDE_LATIN = frozenset("BOPOMOFO CJK HANGUL HIRAGANA IDEOGRAPHIC KATAKANA LATIN".split())
"""Alphabets that stand in one word with Latin letters, and whose letters look like none of them."""
_DRAWN_LETTER = re.compile(r"(?:LATIN|INDICATOR SYMBOL) .*\b([A-Z])(?: WITH .*)?$")
"""Small capitals, letters in boxes and on flags, with strokes, hooks and tails, by the names that
Unicode gives them."""

_HOUSE_ALONE = frozenset(
    "auction auctions deleted help house info postmaster root security service staff system"
    " team".split()
)
_HOUSE_ANYWHERE = frozenset(
    "admin administrator gavel moderation moderator moderators official support".split()
)

_HOUSE_WITHIN = (
    "administrator", "customercare", "customerservice", "gavel", "helpdesk", "kundendienst",
    "kundenservice", "moderator", "support",
)  # fmt: skip


def check_name(name: str) -> str:
    """The name without what only says how a sign is to look. Raises ValidationError with a word
    for what it can't hold."""
    name = _PRESENTATION.sub("", unicodedata.normalize("NFC", name))
    if any(_is_ignorable(c) for c in name) or _PILED_MARKS.search(name):
        raise ValidationError("name_unreadable")
    if _leads_elsewhere(unicodedata.normalize("NFKC", name).translate(_DOTS)):
        raise ValidationError("name_leads_elsewhere")
    if any(_is_mixed(word) for word in re.split(r"[\W\d_]+", name)):
        raise ValidationError("name_mixed")
    return name


def is_of_the_house(name: str, staff: Iterable[str]) -> bool:
    """Whether a reader might take whoever is called so for the house, or for one of its staff."""
    whole = skeleton(name)
    words = {skeleton(word) for word in re.split(r"[\W_]+", name)}
    ours = {skeleton(word) for word in _HOUSE_ANYWHERE}
    if any(skeleton(word) in whole for word in _HOUSE_WITHIN):
        return True
    alone = {skeleton(word) for word in _HOUSE_ALONE | _HOUSE_ANYWHERE}
    return whole in alone | {skeleton(known) for known in staff} or bool(words & ours)


def skeleton(name: str) -> str:
    """What is left of a name for the eye (after UTS 39, 4): two names with one skeleton are twins.

    | Lisa | LISA | L1sa | L-i-s-a | Support | 5upp0rt | Marn | Mam |
    |------|------|------|---------|---------|---------|------|-----|
    | llsa | llsa | llsa | llsa    | support | support | mam  | mam |
    """
    drawn = "".join(map(_drawn, unicodedata.normalize("NFKD", name)))
    plain = drawn.casefold().translate(_LOOKALIKES)
    letters = "".join(c for c in plain if c.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


def _is_ignorable(character: str) -> bool:
    return character in _FILLERS or unicodedata.category(character) in {"Cf", "Co", "Cn"}


def _leads_elsewhere(name: str) -> bool:
    """Whether it holds the address of a page or a mailbox, or a number to call.

    | prize.example | prize[.]example | prize dot example | 0170 1234567 | Dr. Ann | Ann 1985 |
    |---------------|-----------------|-------------------|--------------|---------|----------|
    | yes           | yes             | yes               | yes          | no      | no       |
    """
    plain = _WRITTEN_OUT.sub(lambda found: "@" if found["at"] else ".", name)
    digits = sum(c.isdecimal() for c in name)
    return digits >= _DIGITS_OF_A_NUMBER or bool(_LEADS_ELSEWHERE.search(plain))


def _is_mixed(word: str) -> bool:
    letters = unicodedata.normalize("NFKC", word)
    alphabets = {unicodedata.name(c, "").partition(" ")[0] for c in letters if c.isalpha()}
    return len(alphabets) > 1 and not alphabets <= _BESIDE_LATIN


def _drawn(character: str) -> str:
    if character in _GREEK_CAPITALS:
        return _GREEK_CAPITALS[character]
    found = _DRAWN_LETTER.search(unicodedata.name(character, ""))
    return found[1].lower() if found else character


_GREEK_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhlkmnoptyx", strict=True))
"""They look like other letters than their small ones: Ν is no ν."""
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеоросухіјѕһԁԛԝӏкмнтвг", "aeopocyxljshdqwlkmhtbr", strict=True)),
        **dict(zip("αβεηικνορτυχω", "abenlkvoptuxw", strict=True)),
        **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaelou", strict=True)),
        **dict(zip("ᎪᎬᏀᏙᏞᎠᎻᎳᎷᎢᏚᏢᏟᎡᏦᏃᏴᎫ", "aegvldhwmtspcrkzbj", strict=True)),
        **dict(zip("01|!il\u0131\u02695$3@8", "olllllllsseab", strict=True)),
        **dict(zip("ŋßɡ", "nsg", strict=True)),
    }
)
"""Letters of other alphabets, digits, and signs."""
