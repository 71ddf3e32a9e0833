"""Who is behind reads in its turn; who has gone meanwhile takes none."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from service_kit.tokens import digest

from bus.model.topic_filter import filter_of
from bus.storage import Storage
from bus.streams.follower import Follower
from bus.streams.processor_share import STREAM_S, ProcessorShare
from bus.streams.query import LogQuery
from bus.streams.reader import LogReader
from bus.streams.turns import Turns
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication

BIDS = LogQuery((filter_of("bids", 0),))


def test_who_has_gone_is_passed_over(storage: Storage) -> None:
    publisher = storage.clients.find(digest(TOKENS["publisher"]))
    assert publisher is not None
    one = publication(publisher[1].id, "https://x.example/1", topic="bids")
    assert storage.log.append([one]) == [None]
    follower = Follower(storage.log)
    there, gone = (LogReader(storage.log, follower, BIDS, 0) for _ in range(2))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        stays, leaves = loop.create_future(), loop.create_future()
        turns = Turns(ProcessorShare())
        first = asyncio.ensure_future(turns.read(there, STREAM_S, stays))
        second = asyncio.ensure_future(turns.read(gone, STREAM_S, leaves))
        await asyncio.sleep(0)  # both wait: the first for the store, the second for its turn
        leaves.set_result(None)
        pages = await asyncio.wait_for(asyncio.gather(first, second), 10)
        assert [page.is_news for page in pages] == [True, False]

    with follower.reading(), ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, main()).result()  # a browser's loop may run in this thread
    assert (there.position, gone.position) == (1, 0)
