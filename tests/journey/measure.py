"""One stage, measured: real processes, bids over the forms, an SMTP server with moods."""

import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from bids_client import BidsClient, NotFound

from auction_app.demo.load import ITEMS
from tests.journey.idle import idle_size
from tests.journey.post_office import Mode, PostOffice, post_office
from tests.journey.results import DEADLINE_S, Confirms, Failure, Measured
from tests.system.bidder import Bidder, rising
from tests.system.house import House
from tests.system.mails import MAIL_BY_MAIL, WELCOMES
from tests.waiting import wait_for

CLIENTS = 4
MODES: Sequence[Mode] = ("instant", "slow", "hanging", "refusing")
TURNS = 3
"""Of each mode, one after the other: a machine that drifts slows all modes alike."""
_WITHIN_S = 10.0
_ALL_MAILS_S = 240.0
_OUTBID = "You have been outbid"


def measure(stage: str, *, bids: int, drained: int, kill: bool) -> Measured:
    """Start the stage on an empty var/, place `bids` by each client in each mode of the SMTP
    server, send the mails of `drained` more, and kill each process if asked to."""
    with TemporaryDirectory(prefix="gavel-journey-") as folder, post_office() as office:
        house = _house(stage, Path(folder) / "var", office)
        try:
            started = time.monotonic()
            house.start()
            start_s = time.monotonic() - started
            run = _Run(house, office)
            run.settle()
            confirms = run.confirms(bids)
            mails_per_s = run.drain(drained)
            victims = (
                [name for name in house.commands if name not in {"mailbox", "till"}] if kill else []
            )
            failures = [run.kill(victim) for victim in victims]
        finally:
            house.close()
    size = idle_size(stage)
    return Measured(
        stage=stage,
        start_s=start_s,
        processes=size.processes,
        threads=size.threads,
        memory_mib=size.memory_mib,
        confirms=confirms,
        mails_per_s=mails_per_s,
        failures=failures,
    )


def _house(stage: str, var: Path, office: PostOffice) -> House:
    settings = {
        "STAGE": stage,
        "SMTP_URL": f"smtp://127.0.0.1:{office.port}",
        "MAILER_SMTP_TIMEOUT_MS": str(round(DEADLINE_S * 1000)),
    }
    return House(var, settings | MAIL_BY_MAIL, forked=False)  # its size is measured


class _Client:
    """Bids on an item of its own, by two accounts in turn, each bid higher than the one before."""

    def __init__(self, web: str, item: str) -> None:
        self.item = item
        self._turns = (Bidder("Ada", web), Bidder("Bela", web))
        self._numbers = count()

    def bid(self) -> float:
        """Place one; returns the seconds that its bidder waited for the confirmation."""
        number = next(self._numbers)
        bidder = self._turns[number % 2]
        review = bidder.review(rising(number), self.item)
        started = time.monotonic()
        bidder.confirm(review, self.item)
        return time.monotonic() - started


@dataclass(frozen=True)
class _Turn:
    took_s: Sequence[float]
    """Each bidder's wait for a confirmation."""
    elapsed_s: float


class _Run:
    def __init__(self, house: House, office: PostOffice) -> None:
        self._house = house
        self._office = office
        self._clients = [_Client(house.url("auctions"), item.id) for item in ITEMS[:CLIENTS]]
        self._spare = _Client(house.url("auctions"), ITEMS[CLIENTS].id)
        self._settled: Sequence[int] = [0] * len(ITEMS)
        self._outbid: Counter[str] = Counter()

    def confirms(self, bids: int) -> dict[str, Confirms]:
        """What bidders waited for, by the mode of the SMTP server: `bids` a client and mode."""
        turns: dict[Mode, list[_Turn]] = {mode: [] for mode in MODES}
        for turn in range(TURNS):
            for mode in MODES:
                _say(f"  bids while SMTP is {mode}, turn {turn + 1} of {TURNS} …")
                turns[mode].append(self._turn(mode, -(-bids // TURNS)))
        return {str(mode): _confirms(some) for mode, some in turns.items()}

    def _turn(self, mode: Mode, bids: int) -> _Turn:
        """All clients bid at the same time, each `bids` times; then all mails are let out."""
        self._office.behave(mode)
        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            each = pool.map(lambda client: [client.bid() for _ in range(bids)], self._clients)
            took_s = [seconds for times in each for seconds in times]
        elapsed_s = time.monotonic() - started
        self._office.behave("instant")
        self.settle()
        return _Turn(took_s, elapsed_s)

    def drain(self, bids: int) -> float:
        """Mails a second once the SMTP server is there, after so many bids while it was not."""
        _say(f"  the mails of {bids} bids …")
        self._office.behave("refusing")
        auction, bidders = self._auction(ITEMS[CLIENTS + 1].id), self._bidders()
        with self._bids() as client:
            minimum = client.bidding_of(auction).minimum
            for number in range(bids):
                assert minimum is not None
                placed = client.place(auction, bidders[number % 2], minimum, f"journey-{number}")
                minimum = placed.bidding.minimum
        before = self._office.mails
        self._office.behave("instant")
        wait_for(lambda: self._office.mails > before, seconds=_ALL_MAILS_S, what="a first mail")
        started, first = time.monotonic(), self._office.mails
        self.settle()
        return (self._office.mails - first) / (time.monotonic() - started)

    def kill(self, victim: str) -> Failure:
        """Kill a process, see what still goes on, start it again, and count the mails."""
        _say(f"  without {victim} …")
        self._house.kill(victim)
        before = self._office.mails
        reading = _succeeds(self._read)
        bidding = _succeeds(self._spare.bid)
        mail = bidding and self._comes(lambda: self._office.mails > before)
        self._house.start(victim)
        wait_for(lambda: _succeeds(self._spare.bid), what="bids again")
        complete = self._comes(self._all_came, seconds=60)
        return Failure(
            process=victim,
            reading=reading,
            bidding=bidding,
            mail=mail,
            lost=0 if complete else self._missing(self._counts()),
            double=self._office.doubles,
        )

    def _read(self) -> None:
        requests.get(self._house.url("auctions"), timeout=_WITHIN_S).raise_for_status()

    def settle(self) -> None:
        """Wait until every mail came that is to come."""
        wait_for(self._all_came, seconds=_ALL_MAILS_S, what="all mails")

    def _all_came(self) -> bool:
        counts = self._counts()
        if self._missing(counts):
            return False
        self._settled, self._outbid = counts, self._office.subjects(_OUTBID)
        return True

    def _counts(self) -> list[int]:
        """How many bids each item has."""
        with self._bids() as client:
            return [_bids_on(client, self._auction(item.id)) for item in ITEMS]

    def _missing(self, counts: Sequence[int]) -> int:
        """Of a welcome to each account, a mail to the seller for each bid, and one for each item
        that was bid on since to who is outbid now: who leads again is not told of before."""
        outbid = self._office.subjects(_OUTBID)
        others = self._office.mails - outbid.total()
        due = sum(now > max(before, 1) for before, now in zip(self._settled, counts, strict=True))
        return max(0, WELCOMES + sum(counts) - others) + max(0, due - len(outbid - self._outbid))

    def _comes(self, condition: Callable[[], bool], *, seconds: float = _WITHIN_S) -> bool:
        try:
            wait_for(condition, seconds=seconds)
        except AssertionError:
            return False
        return True

    def _auction(self, item: str) -> str:
        return f"{self._house.url('auctions')}/auctions/{item}"

    def _bidders(self) -> list[str]:
        """Ada and Bela, as other services know them."""
        accounts = sqlite3.connect(Path(self._house.settings["VAR_DIR"]) / "auctions.sqlite3")
        with closing(accounts):
            found = accounts.execute(
                "SELECT id FROM customers WHERE email IN ('ada@example.org', 'bela@example.org')"
            )
            return [f"{self._house.url('auctions')}/customers/{row[0]}" for row in found]

    def _bids(self) -> BidsClient:
        return BidsClient(self._house.url("bids"), self._house.settings["AUCTIONS_BIDS_TOKEN"])


def _confirms(turns: Sequence[_Turn]) -> Confirms:
    took_ms = sorted(seconds * 1000 for turn in turns for seconds in turn.took_s)
    return Confirms(
        p50_ms=statistics.median(took_ms),
        p99_ms=took_ms[min(len(took_ms) - 1, round(0.99 * len(took_ms)))],
        longest_ms=took_ms[-1],
        bids_per_s=len(took_ms) / sum(turn.elapsed_s for turn in turns),
    )


def _bids_on(client: BidsClient, auction: str) -> int:
    try:
        return client.bidding_of(auction).bid_count
    except NotFound:
        return 0


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (AssertionError, requests.RequestException):
        return False
    return True


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
