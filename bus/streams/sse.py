"""What a stream says: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

`id` is always a position, so that who comes again after any of them goes on from there.
"""

from functools import lru_cache

from bus.model.event import LogEvent
from bus.streams.page import Lost, Page

RETRY = b"retry: 2000\n"


@lru_cache(8)
def page_frames(page: Page) -> bytes:
    """The events of a page, after what was lost before them; once for all who get that page."""
    lost = b"" if page.lost is None else resync_frame(page.lost, page.position)
    return lost + b"".join(map(event_frame, page.events))


def event_frame(event: LogEvent) -> bytes:
    """An event as it is stored: JSON in one line."""
    return b"id: %d\ndata: %b\n\n" % (event.position, event.body)


def resync_frame(lost: Lost, upto: int) -> bytes:
    """Says that events are gone: look at everything again (docs/delivery.md D23). Who comes again
    after it goes on after them, or where their positions are other events' now, at `upto`."""
    data = b'{"from":%d,"to":%d}' % (lost.first, lost.last)
    return b"id: %d\nevent: resync\ndata: %b\n\n" % (min(lost.last, upto), data)


def clock_frame(position: int, now_ms: int) -> bytes:
    """The bus's time, and how far the reader is although nothing came for it."""
    return b"id: %d\nevent: clock\ndata: %d\n\n" % (position, now_ms)
