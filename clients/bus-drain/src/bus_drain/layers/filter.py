"""Drop what is older than what was handled for that URL."""

from collections.abc import Collection, Sequence

from service_kit.clock import Clock, now_ms

from bus_drain.event import Event
from bus_drain.layers.listen import Outcome, Receive
from bus_drain.state import Known, Newest

_DAY_MS = 24 * 3_600_000
_FORGET_EVERY_MS = 3_600_000


def is_older(one: Known, known: Known) -> bool:
    """Whether `one` lies before `known`; pure.

    | position              | t              | older | because |
    |-----------------------|----------------|-------|---------|
    | lower                 | lower or equal | yes   | |
    | lower                 | higher         | no    | the bus's log began anew, or clocks differ |
    | equal or higher       | any            | no    | t is information, never an order |
    | unknown on either side| lower          | yes   | a routemaster tells nothing else |
    | unknown on either side| equal          | no    | create and update within one millisecond |

    What passes in doubt costs one look more; what was dropped in doubt would be lost.
    """
    if one.position is None or known.position is None:
        return one.t < known.t
    return one.position < known.position and one.t <= known.t


class Filter:
    """Passes on what is not older than known for its URL, and learns it only once it was handled.

    What is known of a URL is forgotten `keep_ms` after its last event (30 days: as long as a bus
    keeps events).
    """

    def __init__(
        self, newest: Newest, then: Receive, *, keep_ms: int = 30 * _DAY_MS, clock: Clock = now_ms
    ) -> None:
        self._newest = newest
        self._then = then
        self._keep_ms = keep_ms
        self._clock = clock
        self._forgot_at_ms = clock()

    def __call__(self, events: Sequence[Event]) -> Outcome:
        known = self._newest.of({event.url for event in events})
        current = [
            event
            for event in events
            if event.url not in known or not is_older(_known(event), known[event.url])
        ]
        if not current:
            return Outcome()
        outcome = self._then(current)
        self._learn(_before_failures(current, outcome.failed))
        return outcome

    def _learn(self, handled: Sequence[Event]) -> None:
        now = self._clock()
        self._newest.learn({event.url: _known(event) for event in handled}, now, is_older)
        if now - self._forgot_at_ms >= _FORGET_EVERY_MS:
            self._newest.forget(now - self._keep_ms)
            self._forgot_at_ms = now


def _known(event: Event) -> Known:
    return Known(event.position, event.t)


def _before_failures(events: Sequence[Event], failed: Collection[Event]) -> list[Event]:
    """The handled events, each URL's up to its first failure: a later one must not make the
    failed one look old when it comes again."""
    broken: set[str] = set()
    handled = []
    failures = {id(event) for event in failed}
    for event in events:
        if id(event) in failures:
            broken.add(event.url)
        elif event.url not in broken:
            handled.append(event)
    return handled
