"""Records of made-up biddings, as the service would write them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bids_service.audit.commitments import new_salt
from bids_service.audit.entry import BEGINNING, Entry, PublicState, canonical, hash_of
from bids_service.audit.own_bids import Opened
from bids_service.audit.record import Recorded, record, record_opening
from bids_service.audit.verify_chain import Linked, pairs_from, verify_chain
from bids_service.engine.book import Book, Command, decide, open_book
from bids_service.engine.decision import Accepted
from bids_service.engine.terms import Terms

AUCTION = "http://auctions.test/auctions/1"
MASK_KEY = "00112233445566778899aabbccddeeff"


@dataclass
class RecordedBook:
    """A book with its record and what opens each bidder's commitments."""

    book: Book
    entries: list[Recorded]
    placed: dict[int, tuple[int, str]] = field(default_factory=dict)
    own: dict[str, list[Opened]] = field(default_factory=dict)

    def exported(self) -> list[dict[str, Any]]:
        return [{"hash": one.hash, "entry": msgspec.json.decode(one.text)} for one in self.entries]

    def linked(self) -> list[Linked]:
        return verify_chain(pairs_from(self.exported()))


def recorded_book(terms: Terms, script: Sequence[tuple[Command, int]]) -> RecordedBook:
    """Play a script and write down what is accepted."""
    book = open_book(terms)
    opening = record_opening(AUCTION, book.bidding, 0, salt=new_salt())
    result = RecordedBook(book, [opening])
    for command, at_ms in script:
        decision = decide(result.book, command, at_ms)
        if not isinstance(decision, Accepted) or not decision.events:
            continue
        salt = new_salt()
        tip = result.entries[-1].tip
        entry = record(tip, command, decision, at_ms, mask_key=MASK_KEY, salt=salt)
        result.entries.append(entry)
        result.book = result.book.after(decision)
        if decision.bid is not None:
            bid = decision.bid
            result.placed[bid.sequence] = (bid.maximum, salt)
            opened = Opened(receipt=entry.hash, maximum=bid.maximum, salt=salt)
            result.own.setdefault(bid.bidder, []).append(opened)
    return result


def rewritten(entries: Sequence[Entry]) -> list[Linked]:
    """What a dishonest operator would publish: every hash right again after a change."""
    previous, pairs = BEGINNING, []
    for number, entry in enumerate(entries, start=1):
        changed = msgspec.structs.replace(entry, number=number, previous=previous)
        previous = hash_of(canonical(changed))
        pairs.append((changed, previous))
    return verify_chain(pairs)


def changed(number: int, **changes: Any) -> Callable[[Sequence[Entry]], list[Entry]]:
    """What makes of entries the same with another one, by its number; of a state's fields too."""

    def change(entries: Sequence[Entry]) -> list[Entry]:
        entry, of_state = entries[number - 1], set(PublicState.__struct_fields__)
        state = {name: changes[name] for name in of_state & changes.keys()}
        others = {name: changes[name] for name in changes.keys() - of_state}
        state_after = msgspec.structs.replace(entry.state, **state)
        entry = msgspec.structs.replace(entry, state=state_after, **others)
        return [*entries[: number - 1], entry, *entries[number:]]

    return change
