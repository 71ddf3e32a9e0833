"""A text that is written once, with gaps for what is filled in at each showing."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

_MARK = secrets.token_hex(8)  # so that nothing anybody writes is taken for a gap
_GAP = re.compile(f"{_MARK}\\.(.+?)\\.{_MARK}")


def gap(name: str) -> str:
    """What to write where that is to be filled in."""
    return f"{_MARK}.{name}.{_MARK}"


@dataclass(frozen=True, slots=True)
class OpenText:
    """`pieces` are text, the name of a gap, text, and so on; `digest` tells two texts apart."""

    pieces: tuple[str, ...]
    digest: bytes

    @property
    def gaps(self) -> tuple[str, ...]:
        """The names of what is to be filled in, in their order."""
        return self.pieces[1::2]

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with each gap's value. Raises KeyError."""
        pieces = list(self.pieces)
        pieces[1::2] = [values[name] for name in self.gaps]
        return "".join(pieces)


def open_text(written: str) -> OpenText:
    """What was written with `gap`."""
    pieces = tuple(_GAP.split(written))
    digest = blake2b(digest_size=16)
    for piece in pieces:
        digest.update(piece.encode())
        digest.update(b"\0")
    return OpenText(pieces, digest.digest())
