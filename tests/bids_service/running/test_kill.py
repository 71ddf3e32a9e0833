"""kill -9 of all processes in the middle of the load, twice."""

import threading

from tests.bids_service.running.bidding import Try, at_once, bidder, check_book, never, place
from tests.bids_service.running.running import Running
from tests.waiting import wait_for

THREADS = 6


def test_what_was_answered_is_there_once_with_its_event_and_replays(service: Running) -> None:
    auction = service.world.auction()
    assert place(service, auction, "ada", 150, f"{auction}-first").placed
    tries: list[Try] = []
    answered = threading.Semaphore(0)

    def noting(number: int) -> list[Try]:
        def note(tried: Try) -> bool:
            answered.release()
            return never(tried)

        return bidder(service, auction, number, until=note, most=25)()

    def killing() -> list[Try]:
        for _ in range(2):
            for _ in range(40):
                answered.acquire()
            service.kill()
            service.start()
        return []

    acts = [killing, *(lambda number=number: noting(number) for number in range(THREADS))]
    tries = [tried for found in at_once(acts) for tried in found]
    unknown = [it for it in tries if not it.placed and not it.reason]
    # Whoever got no answer sends the same bid with the same key again, and then there is one.
    again = [place(service, auction, it.name, it.maximum, it.key) for it in unknown]
    assert all(it.placed or it.reason for it in again)
    known = [it for it in tries if it.placed or it.reason]
    first = place(service, auction, "ada", 150, f"{auction}-first")
    everything = [first, *known, *again]
    check_book(service, auction, everything)
    urls = {it.placed.url for it in everything if it.placed}
    wait_for(
        lambda: urls <= service.world.events("bids", "create").keys(), what="every bid's event"
    )
    assert service.world.events("bids", "create").keys() >= urls
