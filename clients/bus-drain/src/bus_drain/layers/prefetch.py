"""Have a job fetch what has changed, so that it is cached when somebody asks."""

from collections.abc import Callable, Sequence

from bus_drain.event import Event
from bus_drain.layers.listen import Outcome, Receive

Enqueue = Callable[[Sequence[str]], None]
"""Queues a fetch of these URLs and returns at once (bus_drain.jobs.prefetching). It may lose some:
then whoever asks for the entity fetches it."""


class Prefetch:
    """Queues a fetch of every entity in the batch that isn't deleted last, then passes it on."""

    def __init__(self, enqueue: Enqueue, then: Receive) -> None:
        self._enqueue = enqueue
        self._then = then

    def __call__(self, events: Sequence[Event]) -> Outcome:
        last = {event.url: event.type for event in events if not event.is_notice}
        if alive := [url for url, type_ in last.items() if type_ != "delete"]:
            self._enqueue(alive)
        return self._then(events)
