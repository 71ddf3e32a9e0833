"""Whether a record is whole: every entry in its place, none changed, left out or put in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bids_service.audit.entry import BEGINNING, Entry, canonical, hash_of
from bids_service.errors import NotProven


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry whose hash and place in the chain are right."""

    entry: Entry
    hash: str


def verify_chain(pairs: Iterable[tuple[Entry, str]]) -> list[Linked]:
    """The entries of a record, from the first, with their hashes. Raises NotProven."""
    previous, found = BEGINNING, list[Linked]()
    for number, (entry, claimed) in enumerate(pairs, start=1):
        if entry.number != number:
            raise NotProven(f"entry {number} is missing")
        if entry.previous != previous:
            raise NotProven(f"entry {number} does not follow the one before it")
        if _hash(entry) != claimed:
            raise NotProven(f"entry {number} has been changed: its hash is another")
        found.append(Linked(entry, claimed))
        previous = claimed
    if not found:
        raise NotProven("the record is empty")
    return found


def _hash(entry: Entry) -> str | None:
    try:
        return hash_of(canonical(entry))
    except UnicodeError:  # half a character, which JSON can name and no text can hold
        return None


def pairs_from(entries: Sequence[Any]) -> list[tuple[Entry, str]]:
    """Entries as the public history shows them: `{"hash", "entry"}`. Raises NotProven."""
    try:
        return [
            (msgspec.convert(one["entry"], Entry, strict=True), str(one["hash"])) for one in entries
        ]
    except (msgspec.ValidationError, KeyError, TypeError, UnicodeError) as error:
        raise NotProven(f"this is no record: {error!r}") from error
