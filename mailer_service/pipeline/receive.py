"""Takes what the bus delivers: on disk first, then wake the workers."""

from collections.abc import Callable, Sequence

from bus_drain import Event
from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import current_traceparent

from mailer_service.notices.topics import RESYNC, is_news, priority_of
from mailer_service.storage.inbox import Inbox

log = get_logger(__name__)


class Receiver:
    """The drain's listeners. `notify` wakes whoever looks at the inbox: it must not fail.

    `list_url` is where running auctions are listed.
    """

    def __init__(
        self, inbox: Inbox, notify: Callable[[], None], clock: Clock, *, list_url: str
    ) -> None:
        self._inbox = inbox
        self._list_url = list_url
        self._notify = notify
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> None:
        """Returns once the events are on disk; may be repeated."""
        news = [
            (event.topic, event.url, priority_of(event.topic)) for event in events if is_news(event)
        ]
        if not news:
            return
        self._take(news)
        log.info("news received", events=len(events), news=len(news))

    def catch_up(self, events: Sequence[Event]) -> None:
        """Events are gone: have all running auctions looked at. May be repeated.

        What was to be said of auctions that have ended since, and of accounts, orders and
        questions, nobody can tell: that is in the log for a person.
        """
        log.error("events are gone before they came", positions=[event.data for event in events])
        self._take([(RESYNC, self._list_url, priority_of(RESYNC))])

    def _take(self, news: Sequence[tuple[str, str, int]]) -> None:
        self._inbox.put(news, traceparent=current_traceparent(), now_ms=self._clock())
        self._notify()
