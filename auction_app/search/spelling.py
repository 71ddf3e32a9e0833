"""Which words are spelt nearly alike.

A typo is found as SymSpell does: two words that are one letter apart have the same word left when
one letter is taken from each. What is wrong in several vowels has its consonants in common.
"""

from collections.abc import Iterator

_SHORTEST_PART = 3
_DELETED_FROM = 12
"""Letters are taken from so long a beginning: there are as many forms of a stem."""
_VOWELS = frozenset("aeiouy")


def part_forms(stem: str) -> Iterator[str]:
    """Every end of a stem: what begins with a part of it is found in the order of an index."""
    for start in range(len(stem) - _SHORTEST_PART + 1):
        yield part_of(stem[start:])


def part_of(part: str) -> str:
    """What the form of a stem begins with that holds this part."""
    return f"p{part}"


def spelling_forms(stem: str) -> Iterator[str]:
    """What a stem has in common with those that are spelt nearly so."""
    if len(stem) >= _SHORTEST_PART:
        yield from (f"d{it}" for it in (stem, *_deletions(stem)))
        bones = consonants(stem)
        if len(bones) >= _SHORTEST_PART:
            yield f"k{bones}"


def distance(one: str, other: str) -> int:
    """Letters to put in, leave out, change or swap with the next until both are alike."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def most_apart(word: str) -> int:
    """How far another word may be from one: | 3 letters 0 | 4 or 5: 1 | more: 2 |"""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 6 else 2


def consonants(stem: str) -> str:
    """The first letter and the consonants, each only once in a row: bycicl → bcl."""
    found = stem[:1]
    for c in stem[1:]:
        if c not in _VOWELS and c != found[-1]:
            found += c
    return found


def _deletions(stem: str) -> Iterator[str]:
    start = stem[:_DELETED_FROM]
    for n in range(len(start)):
        yield start[:n] + start[n + 1 :] + stem[_DELETED_FROM:]
