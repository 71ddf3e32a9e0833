"""How a page of the log looks over HTTP, at either entrance."""

from urllib.parse import urlencode

from service_kit.hal import MEDIA_TYPE
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from bus.errors import NotServedHere
from bus.streams.page import Page
from bus.streams.query import LogQuery

PATH = "/events"
STREAM = "text/event-stream"
_OFFERED = (MEDIA_TYPE, "application/json", STREAM)


def wants_stream(accept: str) -> bool:
    """Whether a stream is asked for, not a page. Raises NotServedHere for what is neither.

    | Accept                                 | answer   |
    |----------------------------------------|----------|
    | none, `*/*`, `application/*`           | a page   |
    | `application/hal+json`, `…/json`       | a page   |
    | `text/event-stream`                    | a stream |
    | `text/html`                            | refused  |
    """
    if not accept.strip():
        return False
    best = parse_accept_header(accept, MIMEAccept).best_match(_OFFERED)
    if best is None:
        raise NotServedHere(f"it is there as {MEDIA_TYPE} and as {STREAM}")
    return bool(best == STREAM)


def page_body(query: LogQuery, page: Page, identity: str, prefix: str) -> bytes:
    """The page as HAL, whose `next` goes on after it, in the log of that identity. The events are
    written as they are stored."""
    lost, place = page.lost, f"{identity}-{page.position}"
    gone = b"" if lost is None else b',"resync":{"from":%d,"to":%d}' % (lost.first, lost.last)
    href = f"{prefix}{PATH}?" + urlencode(
        {
            "topics": query.patterns,
            "after": place,
            "limit": query.limit,
            "wait": query.wait_s,
        },
        safe=",*",
    )
    return b'{"events":[%b],"position":%d,"place":"%b"%b,"_links":{"next":{"href":"%b"}}}' % (
        b",".join([event.body for event in page.events]),
        page.position,
        place.encode(),
        gone,
        href.encode(),
    )
