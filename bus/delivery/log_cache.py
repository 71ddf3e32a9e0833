"""What was read of the log lately: of consumers that stand close together one reads for all."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from bus.log.event_log import ReadFence
from bus.model.event import LogEvent
from bus.storage import EventLog

_KEPT = 8
_POSITION = itemgetter(0)
Topics = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Run:
    """Events that follow each other; `ended`: the log has no more of these topics.

    `fence` is of the moment of the read, or later.
    """

    events: list[LogEvent]
    fence: ReadFence
    ended: bool


@dataclass(frozen=True, slots=True)
class _Page:
    topics: Topics
    after: int
    events: list[LogEvent]


class LogCache:
    """Keeps the last reads. What is in a log never changes, so it may be handed out again;
    another life of it is another log."""

    def __init__(self, log: EventLog, read_fence: Callable[[], ReadFence]) -> None:
        self._log = log
        self._read_fence = read_fence
        self._pages: deque[_Page] = deque(maxlen=_KEPT)

    def read(self, position: int, topics: Topics, *, least: int, most: int) -> Run:
        """The next events after a position: `most`, or fewer where as many as `least` are at hand,
        or where the log ends."""
        kept = self._kept(position, topics)
        if len(kept) >= least:
            read_fence = self._read_fence()
            if read_fence.first_position <= position + 1:  # else some of them have been trimmed
                return Run(kept[:most], read_fence, ended=False)
        events, read_fence = self._log.read_fenced(position, topics, most)
        if len(events) > least:
            self._pages.append(_Page(topics, position, events))
        return Run(events, read_fence, ended=len(events) < most)

    def clear(self) -> None:
        """Forget them all."""
        self._pages.clear()

    def _kept(self, position: int, topics: Topics) -> list[LogEvent]:
        """The longest run after a position that is at hand."""
        found: list[LogEvent] = []
        for page in self._pages:
            if page.topics == topics and page.after <= position:
                start = bisect_right(page.events, position, key=_POSITION)
                if len(page.events) - start > len(found):
                    found = page.events[start:]
        return found
