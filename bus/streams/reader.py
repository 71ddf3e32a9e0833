"""One reader of the log: a cursor that it moves itself, and a wait at the end."""

import threading
import time
from collections.abc import Callable

from bus.log.event_log import EventLog
from bus.streams.follower import Follower, Waiting
from bus.streams.page import Lost, Page, read_page
from bus.streams.processor_share import STREAM_S
from bus.streams.query import LogQuery
from bus.streams.recent import Piece


class LogReader:
    """Reads on from a position. Not for two threads at once.

    When another epoch of the log has begun since its position was told (docs/delivery.md D22), what
    it had read beyond that is told as lost, and it goes on from there: those positions are other
    events' now.
    """

    def __init__(
        self, event_log: EventLog, follower: Follower, query: LogQuery, position: int
    ) -> None:
        self.position = position
        self._log = event_log
        self.identity = query.identity or event_log.identity
        """Of the log that `position` is in."""
        self._follower = follower
        self._query = query
        self._waiting: Waiting | None = None

    def read(self) -> Page:
        """The next page of the log itself. Raises StoreUnavailable."""
        before = self.position
        page = read_page(self._log, self._query, before)
        if self._is_outlived:
            return self._moved(self._begun_anew())
        self._keep(before, page)
        return self._moved(page)

    def recall(self) -> Page | None:
        """The next page, where somebody has read it lately; asks no store."""
        if self._is_outlived:
            return None
        page = self._follower.recent.page(self._query, self.position, self.identity)
        return page and self._moved(page)

    @property
    def is_at_end(self) -> bool:
        """Whether it may wait for what comes without reading first."""
        return self._follower.is_at_end(self.position) and not self._is_outlived

    def wait(self, wake: Callable[[], None], *, cost_s: float = STREAM_S) -> bool:
        """Have `wake` called by another thread when there may be news, which costs the processor
        so much; False: there is something to read now."""
        self._waiting = self._follower.wait(self._query, self.position, wake, cost_s=cost_s)
        if self._is_outlived and self._waiting is not None:
            self.news()
        return self._waiting is not None

    def news(self) -> Page:
        """What came while it waited; it waits no longer."""
        assert self._waiting is not None
        waiting, self._waiting = self._waiting, None
        page = self._follower.news(waiting)
        return Page((), self.position) if self._is_outlived else self._moved(page)

    @property
    def _is_outlived(self) -> bool:
        """Whether the log may be in another epoch than it has read. Known by the connections that
        were opened: no ordinary read asks the store for it."""
        return self._log.identity != self.identity

    def _keep(self, before: int, page: Page) -> None:
        """For who comes after it and wants the same."""
        if page.lost is None and not page.is_end:
            filters, events = self._query.filters, list(page.events)
            self._follower.recent.keep(Piece(self.identity, filters, before, page.position, events))

    def _begun_anew(self) -> Page:
        identity, kept_upto = self._log.identity, self._log.kept_upto(self.identity)
        self.identity = identity
        if self.position <= kept_upto:
            return Page((), self.position, is_end=False)
        return Page((), kept_upto, Lost(kept_upto + 1, self.position), is_end=False)

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
