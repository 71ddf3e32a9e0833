"""Takes what the bus tells: notes which payments have news, on disk, and wakes who looks."""

import threading
from collections.abc import Sequence

from bus_drain import DirtyMap, Event
from service_kit.logs import get_logger

log = get_logger(__name__)


class Receiver:
    """The drain's listeners. `woken` wakes who looks in this process; `list_url` is where all
    payments are listed."""

    def __init__(self, dirty: DirtyMap, woken: threading.Event, *, list_url: str) -> None:
        self._dirty = dirty
        self._woken = woken
        self._list_url = list_url

    def mark(self, events: Sequence[Event]) -> None:
        """Have these payments looked at; on disk when it returns. May be repeated."""
        self._dirty.mark(event.url for event in events)
        self._woken.set()

    def wake(self, _events: Sequence[Event]) -> None:
        """They are marked already, by the drain."""
        self._woken.set()

    def catch_up(self, events: Sequence[Event]) -> None:
        """Events are gone before they came: have all payments looked at. May be repeated."""
        log.error("events are gone before they came", positions=[event.data for event in events])
        self.mark_all()

    def mark_all(self) -> None:
        """Have all payments looked at."""
        self._dirty.mark([self._list_url])
        self._woken.set()
