"""Receive without HTTP: what a bus of one process, or of one and its worker, delivers to."""

from collections.abc import Callable, Mapping

from bus_drain.errors import Malformed
from bus_drain.http.parse import parse
from bus_drain.layers.listen import Listener, Listeners

_JSON = "application/json"


def receiver(listeners: Mapping[str, Listener]) -> Callable[[bytes], frozenset[str]]:
    """What `bus_client.connect` wants as `deliver`: takes the bus's own format, returns the ids of
    the events that failed.

    The delivery is parsed and handed to the listeners as a `Drain(listeners=…)` does it, so the
    same listeners can stand behind either. Raises Malformed for what is no array of events, and
    for an event without an id, which could not be named.
    """
    receive = Listeners(listeners)

    def deliver(body: bytes) -> frozenset[str]:
        events = parse(body, _JSON)
        if not all(event.id for event in events):
            raise Malformed.no_events("one of them has no id")
        return frozenset(event.id for event in receive(events).failed if event.id)

    return deliver
