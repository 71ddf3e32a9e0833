"""One reader of the log: a cursor that it moves itself, and a wait at the end."""

import threading
import time
from collections.abc import Callable

from bus.log.event_log import EventLog
from bus.streams.follower import Follower, Waiting
from bus.streams.page import Page, read_page
from bus.streams.query import LogQuery


class LogReader:
    """Reads on from a position. Not for two threads at once."""

    def __init__(
        self, event_log: EventLog, follower: Follower, query: LogQuery, position: int
    ) -> None:
        self.position = position
        self._log = event_log
        self._follower = follower
        self._query = query
        self._waiting: Waiting | None = None

    def read(self) -> Page:
        """The next page of the log itself. Raises StoreUnavailable."""
        return self._moved(read_page(self._log, self._query, self.position))

    def wait(self, wake: Callable[[], None]) -> bool:
        """Have `wake` called by another thread when there may be news; False: there is something
        to read now."""
        self._waiting = self._follower.wait(self._query, self.position, wake)
        return self._waiting is not None

    def news(self) -> Page:
        """What came while it waited; it waits no longer."""
        assert self._waiting is not None
        waiting, self._waiting = self._waiting, None
        return self._moved(self._follower.news(waiting))

    def _moved(self, page: Page) -> Page:
        self.position = page.position
        return page


def wait_for_page(reader: LogReader, wait_s: float) -> Page:
    """What there is to read now, or comes within so many seconds; else a page without news.

    Blocks. Raises StoreUnavailable.
    """
    until_s = time.monotonic() + wait_s
    page, is_behind = reader.read(), False
    while not page.is_news:
        is_behind = is_behind or not page.is_end
        left_s = until_s - time.monotonic()
        if is_behind:
            page, is_behind = reader.read(), False
        elif left_s <= 0:
            break
        else:
            page, is_behind = _waited(reader, left_s)
    return page


def _waited(reader: LogReader, left_s: float) -> tuple[Page, bool]:
    """What came within so many seconds, and whether there is something to read instead."""
    news = threading.Event()
    if not reader.wait(news.set):
        return Page((), reader.position), True
    news.wait(left_s)
    return reader.news(), False
