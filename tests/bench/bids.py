"""The bids service: a hot auction, reads while it is hot, a long history, and a mass close."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from service_kit.clock import now_ms

from tests.bench.bids_house import ENGINES, TOKEN, BidsHouse
from tests.bench.load import Load, load
from tests.bench.processes import empty_view
from tests.bench.rows import Row

BIDS = Path(__file__).with_name("bids.lua")
SECONDS = 5


def hot_auction(engine: str) -> list[Row]:
    """Winning, losing and refused bids over 64 connections on one auction, and on a hundred."""
    with empty_view() as url:
        empty = load(url, seconds=SECONDS)
    with ENGINES[engine]() as house, house.web() as url:
        hundred = _bid(house, url, 100)
        hot = _bid(house, url, 1)
    name = f"bids on one hot auction, {engine}"
    return [
        Row(name, hot.rate, "bids/s", empty.rate, 0.12 * empty.rate),
        Row(f"{name}, p99", hot.p99_ms, "ms", empty.p99_ms, 10 * empty.p99_ms, True),
        Row(f"{name}, beside 100 auctions", hot.rate, "bids/s", hundred.rate, 0.6 * hundred.rate),
    ]


def reads_meanwhile(engine: str) -> list[Row]:
    """Reads of a bidding from a process of their own, alone and while bids pour in."""
    with ENGINES[engine]() as house, house.web() as commands, house.web() as queries:
        (auction,) = house.open_auctions("read", 1)
        storage = house.storage()
        kept = storage.catalogue.bidding_of(auction)
        storage.close()
        assert kept is not None
        url = f"{queries}/biddings/{kept.id}"
        load(url, token=TOKEN, connections=8, seconds=1)
        alone = load(url, token=TOKEN, connections=8, seconds=SECONDS)
        file = house.listed([auction])
        with ThreadPoolExecutor(1) as pool:
            bidding = pool.submit(
                load,
                f"{commands}/bids",
                method="POST",
                token=TOKEN,
                bodies=file,
                seconds=SECONDS + 2,
                script=BIDS,
            )
            time.sleep(1)
            busy = load(url, token=TOKEN, connections=8, seconds=SECONDS)
            bidding.result()
    name = f"reads of a bidding while bids pour in, {engine}, p99"
    return [Row(name, busy.p99_ms, "ms", alone.p99_ms, 3 * alone.p99_ms, True)]


def _bid(house: BidsHouse, url: str, auctions: int) -> Load:
    opened = house.open_auctions(f"{auctions}-at-{now_ms()}", auctions)
    found = load(
        f"{url}/bids",
        method="POST",
        token=TOKEN,
        bodies=house.listed(opened),
        seconds=SECONDS,
        script=BIDS,
    )
    assert 0.1 < found.refused / found.requests < 0.8, "not the mix that was meant"
    return found


MEASUREMENTS: list[Callable[[], list[Row]]] = [
    *(partial(hot_auction, engine) for engine in ENGINES),
    *(partial(reads_meanwhile, engine) for engine in ENGINES),
]
