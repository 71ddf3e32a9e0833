"""Looking at an entity may take longer than a claim: it is kept, so that nobody begins it anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from mailer_service.entities.fetch import Entities
from mailer_service.pipeline.examine import Examiner
from tests.mailer_service.conftest import FakeClock, Mailer
from tests.mailer_service.services import House


class SlowPages:
    """Entities whose pages of bids take 20 s each; what is done after each is told."""

    def __init__(self, entities: Entities, clock: FakeClock) -> None:
        self.entities = entities
        self.clock = clock
        self.claims: list[object] = []
        self.examiner: Examiner | None = None

    def bidding(self, url: str) -> object:
        return self.entities.bidding(url)

    def bidders(self, bids_url: str) -> Iterator[list[str]]:
        for page in self.entities.bidders(bids_url):
            self.clock.advance(seconds=20)
            assert self.examiner is not None
            self.claims.append(self.examiner.inbox.claim(now_ms=self.clock(), lease_ms=1))
            yield page


def test_a_book_of_many_pages_stays_with_who_reads_it(
    mailer: Mailer, house: House, clock: FakeClock
) -> None:
    url = house.bidding(
        status="closed", outcome="sold", leader="Bob", bidders=("Bob", "Ada", "Sally"), page=1
    )
    mailer.deliver("biddings", url)
    examiner = cast("Examiner", mailer.parts.work["examine-1"])
    slow = SlowPages(examiner.entities, clock)
    slow.examiner = examiner = replace(examiner, entities=cast("Entities", slow))

    assert examiner.lease_ms == 30_000
    assert examiner()
    assert slow.claims == [None, None, None]
    assert mailer.inbox == []
