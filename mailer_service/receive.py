"""Takes what the bus delivers: on disk first, then wake the workers."""

from collections.abc import Sequence

from bus_drain import Event
from service_kit.clock import Clock
from service_kit.logs import get_logger
from service_kit.trace import current_traceparent

from mailer_service.decide import is_news
from mailer_service.storage.inbox import Inbox
from mailer_service.wake import Wake

log = get_logger(__name__)


class Reception:
    """The drain's listener."""

    def __init__(self, inbox: Inbox, wake: Wake, clock: Clock) -> None:
        self._inbox = inbox
        self._wake = wake
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> None:
        """Returns once the events are on disk; may be repeated."""
        news = [(event.topic, event.url) for event in events if is_news(event)]
        if not news:
            return
        ids = self._inbox.put(news, traceparent=current_traceparent(), now_ms=self._clock())
        log.info("news received", events=len(events), entries=len(ids))
        self._wake("examine", ids)
