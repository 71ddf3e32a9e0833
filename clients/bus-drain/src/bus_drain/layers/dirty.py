"""The dirty map: which entities have changed since we last looked."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from service_kit.clock import Clock, now_ms

from bus_drain.errors import DrainError
from bus_drain.event import Event
from bus_drain.layers.listen import Outcome, Receive
from bus_drain.state import Mark, Marks

_log = logging.getLogger(__name__)

Look = Callable[[str], None]
"""Looks at the entity at a URL: fetches it and does what follows. Raises to be asked again."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: URLs that are clean now, URLs whose look failed."""

    cleaned: int
    failed: int


class DirtyMap:
    """URLs wait here until somebody has looked at them.

    A mark is removed only after the look has returned, and only if the URL was not marked again
    meanwhile: a mark set during a sweep survives it, and a sweep that is killed loses nothing.
    """

    def __init__(self, marks: Marks, *, clock: Clock = now_ms) -> None:
        self._marks = marks
        self._clock = clock

    def mark(self, urls: Iterable[str]) -> None:
        """Mark these URLs; on disk when it returns. Safe to repeat."""
        self._marks.set(set(urls), self._clock())

    def count(self) -> int:
        """How many URLs wait."""
        return self._marks.count()

    def sweep(self, look: Look, *, limit: int | None = None) -> Swept:
        """Look at every URL that is marked now (at most `limit`), the oldest mark first.

        One whose look fails stays marked; the others go on.
        """
        looked = [self._sweep(mark, look) for mark in self._marks.waiting(limit)]
        return Swept(cleaned=sum(looked), failed=len(looked) - sum(looked))

    def sweep_one(self, url: str, look: Look) -> bool:
        """Look at this URL if it is marked; False when it isn't, or its look failed."""
        mark = self._marks.of(url)
        return mark is not None and self._sweep(mark, look)

    def _sweep(self, mark: Mark, look: Look) -> bool:
        try:
            look(mark.url)
        except DrainError as error:  # such as a FetchError: somebody is away
            _log.warning("look failed url=%s error=%s", mark.url, error)
            return False
        except Exception:  # noqa: BLE001 - foreign code: whatever it raises means "again"
            _log.exception("look failed url=%s", mark.url)
            return False
        self._marks.remove(mark)
        return True


class MarkDirty:
    """Marks the URL of every entity in the batch, deleted ones too, then passes the batch on."""

    def __init__(self, dirty: DirtyMap, then: Receive) -> None:
        self._dirty = dirty
        self._then = then

    def __call__(self, events: Sequence[Event]) -> Outcome:
        self._dirty.mark(event.url for event in events if not event.is_notice)
        return self._then(events)
