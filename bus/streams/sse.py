"""What a stream says: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

`id` is always a position, and which log it is in, so that who comes again after any of them goes on
from there.
"""

from functools import lru_cache

from bus.model.event import LogEvent
from bus.streams.page import Lost, Page

RETRY = b"retry: 2000\n"


@lru_cache(8)
def page_frames(page: Page, identity: str) -> bytes:
    """The events of a page, after what was lost before them; once for all who get that page."""
    lost = b"" if page.lost is None else resync_frame(page.lost, page.position, identity)
    log = identity.encode()
    return lost + b"".join([event_frame(event, log) for event in page.events])


def event_frame(event: LogEvent, log: bytes) -> bytes:
    """An event as it is stored: JSON in one line."""
    return b"id: %b-%d\ndata: %b\n\n" % (log, event.position, event.body)


def resync_frame(lost: Lost, upto: int, identity: str) -> bytes:
    """Says that events are gone: look at everything again (docs/delivery.md D23). Who comes again
    after it goes on after them, or where their positions are other events' now, at `upto`."""
    data = b'{"from":%d,"to":%d}' % (lost.first, lost.last)
    place = identity.encode(), min(lost.last, upto)
    return b"id: %b-%d\nevent: resync\ndata: %b\n\n" % (*place, data)


def clock_frame(identity: str, position: int, now_ms: int) -> bytes:
    """The bus's time, and how far the reader is although nothing came for it."""
    return b"id: %b-%d\nevent: clock\ndata: %d\n\n" % (identity.encode(), position, now_ms)
