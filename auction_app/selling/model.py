"""Listings that are being written, and their photos."""

from dataclasses import dataclass

WAITING, READY, REFUSED = "waiting", "ready", "refused"


@dataclass(frozen=True, kw_only=True)
class DraftPhoto:
    """A photo of a draft: `state` is waiting, ready or refused, `reason` the word why.

    `name` is what the file was called; `alt` may still be empty.
    """

    id: str
    draft_id: str
    name: str
    alt: str
    state: str
    reason: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A listing as far as it is written: what was typed, unchecked."""

    id: str
    seller_id: str
    fields: dict[str, str]
    saved_at_ms: int
    photos: tuple[DraftPhoto, ...]
