"""Takes what the bus delivers: on disk first, then wake the workers."""

from collections.abc import Callable, Sequence

from bus_drain import Event
from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import current_traceparent

from mailer_service.notices.topics import is_news, priority_of
from mailer_service.storage.inbox import Inbox

log = get_logger(__name__)


class Receiver:
    """The drain's listener. `notify` wakes whoever looks at the inbox: it must not fail."""

    def __init__(self, inbox: Inbox, notify: Callable[[], None], clock: Clock) -> None:
        self._inbox = inbox
        self._notify = notify
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> None:
        """Returns once the events are on disk; may be repeated."""
        news = [
            (event.topic, event.url, priority_of(event.topic)) for event in events if is_news(event)
        ]
        if not news:
            return
        self._inbox.put(news, traceparent=current_traceparent(), now_ms=self._clock())
        log.info("news received", events=len(events), news=len(news))
        self._notify()
