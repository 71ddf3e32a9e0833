"""The operator's proof over the service's own data: every row that an answer is made of."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bids_service.audit.record import Recorded
from bids_service.audit.verify_replay import Replay, read_entry
from bids_service.engine.decision import Accepted
from bids_service.engine.terms import Terms
from bids_service.errors import NotProven
from bids_service.storage.database import Database
from bids_service.storage.rows import (
    bid_columns,
    bidding_columns,
    offer_columns,
    recorded_from,
    terms_from,
)
from bids_service.storage.whole_bidding import (
    StoredRow,
    bid_rows,
    bidding_row,
    offer_rows,
    place_of,
    record_rows,
)


def verify_stored(database: Database, url: str) -> int:
    """Replay the record of an auction's or a bidding's URL with all maxima, beside its rows.

    Returns how many entries there are. Reads in one consistent view, a page at a time, and keeps
    the bids that count. Raises NotProven with the place, TablesMissing,
    StoreUnavailable.
    """
    with database.reading() as transaction:
        stored = bidding_row(transaction, url)
        if stored is None:
            raise NotProven(f"there is no bidding at {url} in this database")
        with (
            closing(record_rows(transaction, stored.id)) as entries,
            closing(bid_rows(transaction, stored.id)) as bids,
            closing(offer_rows(transaction, stored.id)) as offers,
        ):
            replay = _replay(stored, map(recorded_from, entries), _Bids(bids))
            _compare_offers(replay, offers)
    _must_equal("biddings", stored, bidding_columns(replay.bidding, replay.tip))
    return replay.tip.length


def _replay(stored: StoredRow, entries: Iterator[Recorded], bids: "_Bids") -> Replay:
    opening = next(entries, None)
    if opening is None:
        raise NotProven("the record is empty")
    replay = Replay(stored.auction, _terms(stored), opening, mask_key=stored.mask_key)
    for recorded in entries:
        entry = read_entry(recorded)
        if entry.command == "bid":
            row = bids.next(recorded)
            decision = replay.follow(recorded, entry, maximum=row.maximum, salt=row.salt)
            bids.compare(row, decision, recorded)
        else:
            decision = replay.follow(recorded, entry, maximum=0, salt=recorded.salt or "")
            bids.take_back(decision, recorded)
    bids.end()
    return replay


def _terms(stored: StoredRow) -> Terms:
    try:
        return terms_from(stored.terms)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotProven(f"{place_of('biddings', stored)}: terms are malformed") from error


@dataclass(slots=True)
class _Bids:
    """The rows of `bids` beside the entries of the record that they belong to.

    `retracted`: since when a bid doesn't count, as its row says, until the record says so too.
    """

    rows: Iterator[StoredRow]
    newest_id: int = 0
    retracted: dict[int, int] = field(default_factory=dict)

    def next(self, recorded: Recorded) -> StoredRow:
        row = next(self.rows, None)
        if row is None:
            raise NotProven(f"bids: the bid of entry {recorded.number} is missing")
        # Ids are given in the order of the bids, and the pages of bids follow them.
        if row.id <= self.newest_id:
            raise NotProven(f"{place_of('bids', row)}: id is not above the one before")
        self.newest_id = row.id
        return row

    def compare(self, row: StoredRow, decision: Accepted, recorded: Recorded) -> None:
        assert decision.bid is not None
        expected = bid_columns(row.bidding_id, decision.bid, recorded)
        _must_equal("bids", row, expected)
        if row.retracted_at_ms is not None:
            self.retracted[row.sequence] = row.retracted_at_ms

    def take_back(self, decision: Accepted, recorded: Recorded) -> None:
        for sequence in decision.retracted:
            if self.retracted.pop(sequence, None) != recorded.at_ms:
                raise NotProven(
                    f"bids sequence={sequence}: retracted_at_ms is not that of entry"
                    f" {recorded.number}"
                )

    def end(self) -> None:
        for sequence in self.retracted:
            raise NotProven(f"bids sequence={sequence}: retracted_at_ms is not on record")
        for row in self.rows:
            raise NotProven(f"{place_of('bids', row)}: there is no entry of it")


def _compare_offers(replay: Replay, rows: Iterator[StoredRow]) -> None:
    newest_id = 0
    for offer in replay.offers.values():
        row = next(rows, None)
        if row is None:
            raise NotProven(f"offers: number {offer.number} is missing")
        _must_equal("offers", row, offer_columns(row.bidding_id, offer))
        if row.id <= newest_id:
            raise NotProven(f"{place_of('offers', row)}: id is not above the one before")
        newest_id = row.id
    for row in rows:
        raise NotProven(f"{place_of('offers', row)}: there is no entry of it")


def _must_equal(table: str, row: StoredRow, expected: Mapping[str, Any]) -> None:
    for name, value in expected.items():
        if row._mapping[name] != value:
            raise NotProven(f"{place_of(table, row)}: {name} is not what the record gives")
