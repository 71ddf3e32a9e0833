"""News as a stream carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class NewsItem:
    """One message: `cursor` is where to go on after it, `key` tells it from every other."""

    event: Literal["order", "notice"]
    cursor: str
    key: str
    data: Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class News:
    """What is new to one reader, the oldest first, and where to go on after it; `more` when that
    was as much as is told at once."""

    items: Sequence[NewsItem]
    cursor: str
    more: bool
