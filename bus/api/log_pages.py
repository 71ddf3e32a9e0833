"""How a page of the log looks over HTTP, at either entrance."""

from functools import lru_cache
from urllib.parse import urlencode

from service_kit.hal import MEDIA_TYPE
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from bus.bootstrap import Bus
from bus.errors import BadQuery, NotServedHere
from bus.model.log_name import MAIN
from bus.streams.page import Page
from bus.streams.query import EventsQuery, LogQuery

PATH = "/events"
STREAM = "text/event-stream"
_OFFERED = (MEDIA_TYPE, "application/json", STREAM)


@lru_cache(64)
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


def read_log(bus: Bus, query: EventsQuery) -> str:
    """Which log is asked for: that of the topics, where it isn't said. Raises BadQuery for one that
    there isn't, and for topics of several."""
    if query.log is not None and query.log not in bus.served:
        raise BadQuery(f"there is no log {query.log}")
    if len(bus.served) == 1 or query.log is not None:
        return query.log or MAIN
    elsewhere = bus.storage.topics.elsewhere()
    topics = {one.partition(".")[0] for one in query.topics.split(",")}
    found = sorted({elsewhere.get(topic, MAIN) for topic in topics})
    if len(found) > 1:
        raise BadQuery(f"these topics are in the logs {', '.join(found)}: read each by itself")
    return found[0]


def page_body(query: LogQuery, page: Page, identity: str, prefix: str) -> bytes:
    """The page as HAL, whose `next` goes on after it, in the log of that identity. The events are
    written as they are stored."""
    lost, place = page.lost, f"{identity}-{page.position}"
    gone = b"" if lost is None else b',"resync":{"from":%d,"to":%d}' % (lost.first, lost.last)
    which = {} if query.log == MAIN else {"log": query.log}
    href = f"{prefix}{PATH}?" + urlencode(
        which
        | {
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
