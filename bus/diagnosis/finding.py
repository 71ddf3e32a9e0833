"""What was found out about one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether it keeps events away, may keep them away, or is as it should be."""

    BAD = "bad"
    LOOK = "look"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class DiagnosisFinding:
    """In plain words, each a sentence; `do` is what to do about it, and `relation` the link of the
    subscription that does it, or shows more: `edit` is to put it."""

    about: str
    level: Level
    said: str
    do: str | None = None
    relation: str | None = None


def bad(about: str, said: str, do: str, relation: str | None = None) -> DiagnosisFinding:
    """It keeps events away."""
    return DiagnosisFinding(about, Level.BAD, said, do, relation)


def look(about: str, said: str, do: str, relation: str | None = None) -> DiagnosisFinding:
    """It may keep events away."""
    return DiagnosisFinding(about, Level.LOOK, said, do, relation)


def fine(about: str, said: str) -> DiagnosisFinding:
    """Nothing to do."""
    return DiagnosisFinding(about, Level.OK, said)
