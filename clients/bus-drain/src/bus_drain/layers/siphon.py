"""Lead chosen topics off to handlers of their own."""

from collections.abc import Mapping, Sequence

from bus_drain.errors import BadSettings
from bus_drain.event import Event
from bus_drain.layers.listen import EVERY_OTHER, Listener, Listeners, Outcome, Receive, listener_of


class Siphon:
    """Events of these topics (`"bids"`) or types of a topic (`"bids.create"`) go to their listener
    here and no further; all others go on."""

    def __init__(self, listeners: Mapping[str, Listener], then: Receive) -> None:
        if EVERY_OTHER in listeners:
            raise BadSettings("a siphon leads off named topics, so '*' can't be one of them")
        self._names = frozenset(listeners)
        self._siphoned = Listeners(listeners)
        self._then = then

    def __call__(self, events: Sequence[Event]) -> Outcome:
        if not self._names:
            return self._then(events)
        rest = [e for e in events if not self._leads_off(e)]
        if len(rest) == len(events):
            return self._then(events)
        led_off = self._siphoned([e for e in events if self._leads_off(e)])
        gone_on = self._then(rest) if rest else Outcome()
        return Outcome(led_off.failed + gone_on.failed, led_off.unavailable or gone_on.unavailable)

    def _leads_off(self, event: Event) -> bool:
        return listener_of(event.topic, event.type, self._names) is not None
