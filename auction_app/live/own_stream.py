"""One reader's stream of what is their own."""

import json
from collections import deque
from collections.abc import Iterator

from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.problems import Problem

from auction_app.live.announcements import Announcements
from auction_app.live.frame import clock_frame
from auction_app.live.readers import Reader, Readers
from auction_app.live.web_app import Answer, NewsEvent, WebApp, WebAppAway

log = get_logger(__name__)

HEARTBEAT_S = 10.0
ROUNDS = 360
"""After so many rounds a stream ends and its reader comes again: an hour where nothing happens."""
_AWAY_S = 2.0
_REMEMBERED = 100


class OwnFeed:
    """What one stream has still to pass on, and how far it is."""

    def __init__(self, web_app: WebApp, reader: Reader, answer: Answer, told: int) -> None:
        self._web_app = web_app
        self._reader = reader
        self._answer: Answer | None = answer
        self._cursor = answer.cursor
        self._told = told
        self._passed_on: deque[str] = deque(maxlen=_REMEMBERED)

    def take(self) -> list[bytes]:
        """The frames of what is new in the last answer: some of it may have come before."""
        found = self._answer.events if self._answer else ()
        fresh = [event for event in found if event.key not in self._passed_on]
        self._passed_on.extend(event.key for event in fresh)
        return [event_frame(event) for event in fresh]

    def wait(self, heartbeat_s: float) -> bool:
        """Whether there may be news; waits so long for some, and not at all behind a full page."""
        if self._answer is not None and self._answer.more:
            return True
        return self._reader.wait(self._told, heartbeat_s if self._answer else _AWAY_S)

    @property
    def asks_anyway(self) -> bool:
        """Whether to ask although nobody told of news: for what could not be had, and for devices,
        whose streams end with their tokens whoever may have failed to say so."""
        return self._answer is None or self._reader.credential.is_device

    def ask(self) -> None:
        """See what is new. Raises Problem when the reader is refused."""
        self._told = self._reader.told
        try:
            self._answer = self._web_app.events(self._reader.credential, self._cursor)
        except WebAppAway as error:
            log.warning("news not seen", error=str(error))
            self._answer = None
        else:
            self._cursor = self._answer.cursor


def open_feed(readers: Readers, web_app: WebApp, reader: Reader, after: str | None) -> OwnFeed:
    """Ask what is new with what the reader has shown, and learn whose news concern it.

    Raises Problem as the web app refuses it, 503 when that can't say.
    """
    told, events = reader.told, readers.events
    try:
        answer = web_app.events(reader.credential, after)
    except WebAppAway as error:
        log.warning("news not seen", error=str(error))
        why = "What is new can't be seen now"
        raise Problem(503, why, headers={"Retry-After": "5"}) from error
    readers.learn(reader, answer.customer_url, events=events)
    return OwnFeed(web_app, reader, answer, told)


def own_stream(
    feed: OwnFeed,
    announcements: Announcements,
    clock: Clock,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> Iterator[bytes]:
    """What is new after the cursor, what the house announces, and the time at the start and
    whenever nothing happens.

    Blocks between frames. Ends when the reader is refused: the token was revoked, the session or
    the account closed.
    """
    told = announcements.for_newcomer()
    yield b"retry: 2000\n" + clock_frame(clock()) + told.frame
    for _ in range(ROUNDS):
        yield from feed.take()
        while announcements.latest.number != told.number:  # also what comes while it is sent
            told = announcements.latest
            yield told.frame
        may_be_news = feed.wait(heartbeat_s)
        if not may_be_news:
            yield clock_frame(clock())
        if may_be_news or feed.asks_anyway:
            try:
                feed.ask()
            except Problem:
                return


def event_frame(event: NewsEvent) -> bytes:
    """A server-sent event (WHATWG HTML 9.2); no text in it can end it early."""
    id, name = ("".join(text.splitlines()) for text in (event.id, event.event))
    data = json.dumps(event.data, separators=(",", ":"))
    return f"id: {id}\nevent: {name}\ndata: {data}\n\n".encode()
