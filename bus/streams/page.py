"""A piece of the log as one reader sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bus.log.event_log import EventLog
from bus.model.event import LogEvent
from bus.model.subscription import StartAt
from bus.streams.query import LogQuery

_LOOK_AT_LEAST = 500


@dataclass(frozen=True, slots=True)
class Lost:
    """The positions, both included, that were trimmed before they were read, or that were read in
    an epoch of the log that has ended, and that the next one lacks."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The wanted events up to `position`, and what was gone before them (docs/delivery.md D23)."""

    events: Sequence[LogEvent]
    position: int
    lost: Lost | None = None
    is_end: bool = True
    """Whether the log had no more."""

    @property
    def is_news(self) -> bool:
        """Whether it has anything to tell."""
        return bool(self.events) or self.lost is not None

    @property
    def size(self) -> int:
        """What its events weigh in bytes, as they are stored."""
        return sum([len(event.body) for event in self.events])


def start(log: EventLog, query: LogQuery) -> int:
    """The position to read on from. One beyond the log is its end, unless it says of which life
    of the log it is: whoever has it shall not wait until this one is as long."""
    end = log.last_position()
    match query.after.at:
        case StartAt.POSITION:
            return query.after.value if query.identity else min(query.after.value, end)
        case StartAt.BEGINNING:
            return max(log.first_position() - 1, 0)
    return end


def read_page(log: EventLog, query: LogQuery, position: int) -> Page:
    """The next events after a position: at most `query.limit`, of those it wants.

    Its `position` moves past what isn't wanted. Reads a bounded piece of the log, so there may be
    more although it holds nothing.
    """
    end = log.last_position()  # first: all up to there is in what is read after
    position = min(position, end)
    least = max(query.limit, _LOOK_AT_LEAST if is_choosy(query) else 0)
    events, fence = log.read_fenced(position, query.topics, least)
    lost = None
    if position + 1 < fence.first_position:
        lost = Lost(position + 1, fence.first_position - 1)
    upto = events[-1].position if events else position
    is_end = len(events) < least
    if is_end:
        upto = max(upto, end)
    page = cut(query, events, max(upto, lost.last if lost else 0))
    return replace(page, lost=lost, is_end=is_end and page.is_end)


def cut(query: LogQuery, events: Iterable[LogEvent], upto: int) -> Page:
    """The page of what is wanted of these events, the next ones, which are all up to `upto`."""
    wanted = [event for event in events if any(one.holds(event) for one in query.filters)]
    if len(wanted) <= query.limit:
        return Page(wanted, upto)
    wanted = wanted[: query.limit]
    return Page(wanted, wanted[-1].position, is_end=False)


def is_choosy(query: LogQuery) -> bool:
    """Whether it leaves out events of the topics that are read for it."""
    return any(one.is_choosy for one in query.filters)
