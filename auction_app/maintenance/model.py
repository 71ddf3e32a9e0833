"""A time for which the house will be closed."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_WORDS = 300


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """What moderators announced: from when until when, and their words in each language."""

    id: str
    from_ms: int
    until_ms: int
    words: Mapping[str, str]
    ended_at_ms: int | None = None

    def is_over(self, now_ms: int) -> bool:
        """Whether nobody needs to know of it any more."""
        return self.ended_at_ms is not None or self.until_ms <= now_ms

    def closes(self, now_ms: int) -> bool:
        """Whether the house is closed by it."""
        return not self.is_over(now_ms) and self.from_ms <= now_ms
