"""What the doctor has found out about one thing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """`bad`: it keeps events away; `look`: it may; `do` is what to do about it."""

    about: str
    level: Literal["ok", "look", "bad"]
    said: str
    do: str | None = None


def fine(about: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(about, "ok", said)


def look(about: str, said: str, do: str) -> Finding:
    """Perhaps not as meant."""
    return Finding(about, "look", said, do)


def bad(about: str, said: str, do: str) -> Finding:
    """It keeps events away."""
    return Finding(about, "bad", said, do)
