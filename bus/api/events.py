"""`GET /events`: the log, a page at a time. Streams are `bus.api.streams`."""

from flask import Response, request
from service_kit.access import shown_token
from service_kit.bulkhead import Bulkhead
from service_kit.hal import MEDIA_TYPE
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.api.log_pages import PATH, page_body, read_log, wants_stream
from bus.api.schemas import LogPageSchema
from bus.bootstrap import Bus
from bus.errors import NotServedHere
from bus.streams.follower import Follower
from bus.streams.page import Page, start
from bus.streams.query import EventsQuery, log_query
from bus.streams.reader import LogReader, wait_for_page

# Of the threads that answer everything else too.
_WAITING_THREADS = 8


def events_blueprint(bus: Bus) -> Blueprint:
    """The log, for who pulls."""
    blueprint = Blueprint("events", __name__, description="The log, read by who wants it")
    waiting = Bulkhead(at_once=_WAITING_THREADS, waiting=0)

    @endpoint(
        blueprint,
        "GET",
        PATH,
        answers=(200, LogPageSchema),
        refuses=(403, 406, 429, 503),
        query=EventsQuery,
        media_type=MEDIA_TYPE,
    )
    def events(query: EventsQuery) -> Response:
        """The events after a position; with `wait`, once there are any. As `text/event-stream`
        all that comes, as long as somebody reads."""
        token = shown_token(request)
        client = bus.auth.reader(token)
        asked = log_query(query, bus.auth.about(token, client), log=read_log(bus, query))
        if wants_stream(request.headers.get("Accept", "")):
            raise NotServedHere(
                "this entrance of the bus streams nothing: ask it for"
                f" {MEDIA_TYPE} with wait, or run the bus as bus.asgi"
            )
        with bus.readers.admitted(client):
            at = bus.served[asked.log]
            reader = LogReader(at.log, at.follower, asked, start(at.log, asked))
            page = _page(reader, at.follower, asked.wait_s)
        body = page_body(asked, page, reader.identity, request.script_root)
        return Response(body, mimetype=MEDIA_TYPE)

    def _page(reader: LogReader, follower: Follower, wait_s: int) -> Page:
        if not wait_s:
            return wait_for_page(reader, 0)
        with waiting, follower.reading():
            return wait_for_page(reader, wait_s)

    return blueprint
