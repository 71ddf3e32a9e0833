"""Those who are behind read on one at a time, and leave the processor to others in between."""

import asyncio
import time

from bus.streams.page import Page
from bus.streams.processor_share import ProcessorShare, serving_s
from bus.streams.reader import LogReader

# Who is behind alone may take a fifth of a processor to read.
_REST_SHARE = 4


class Turns:
    """The turns of one loop; those of a crowd are of what readers may take of the processor."""

    def __init__(self, share: ProcessorShare) -> None:
        self._share = share
        self._turn = asyncio.Lock()
        self._behind = 0

    async def read(self, reader: LogReader, cost_s: float, gone: asyncio.Future[None]) -> Page:
        """The reader's next page; `cost_s` is what it costs the processor to tell it something.
        One without news, and no turn taken, for who is gone by then. Raises StoreUnavailable."""
        self._behind += 1
        try:
            async with self._turn:
                if gone.done():
                    return Page((), reader.position)
                page, took_s = await _read(reader)
                await asyncio.sleep(self._rest_s(took_s, serving_s(cost_s, page.size)))
        finally:
            self._behind -= 1
        return page

    def _rest_s(self, reading_s: float, writing_s: float) -> float:
        """How long whoever is next waits."""
        if self._behind > 1:
            return self._share.spend(reading_s + writing_s)
        return reading_s * _REST_SHARE  # of its own: nobody is told later because of one who reads


async def _read(reader: LogReader) -> tuple[Page, float]:
    """A page, and how long it took the processor: hardly any, where it was read before."""
    begun_s = time.thread_time()
    recalled = reader.recall()
    recalling_s = time.thread_time() - begun_s
    return (recalled, recalling_s) if recalled else await asyncio.to_thread(_timed, reader)


def _timed(reader: LogReader) -> tuple[Page, float]:
    begun_s = time.thread_time()
    page = reader.read()
    return page, time.thread_time() - begun_s
