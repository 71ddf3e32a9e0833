"""A page of the house as it was at one time."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TEXT = 30_000
SHIPPED = 0
"""The version of a page that nobody has edited yet: what comes with the software."""


@dataclass(frozen=True, kw_only=True)
class HousePage:
    """`texts` holds its Markdown by language. `version` counts from 1; SHIPPED has nobody who wrote
    it, nor a time."""

    name: str
    version: int
    texts: Mapping[str, str]
    editor: str | None = None
    at_ms: int | None = None

    @property
    def label(self) -> str:
        """By what somebody who agreed to it can find it again: "3"; "0-1f2e3d4c" for the one that
        was shipped, for another release may ship another."""
        if self.version != SHIPPED:
            return str(self.version)
        said = "\n".join(self.texts[language] for language in sorted(self.texts))
        return f"{SHIPPED}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"
