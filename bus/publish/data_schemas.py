"""The schemas of topics, compiled once for as long as they stay the same (docs/delivery.md D4)."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from bus.errors import BadData
from bus.model.data_schema import DataSchema
from bus.publish.validation import CheckedEvent

Find = Callable[[str], str | None]
"""The schema of a topic as JSON text; None: it has none."""

_MOST_KNOWN = 200


class DataSchemas:
    """What this process knows of the topics' schemas.

    A topic that it knows nothing of is taken to have none: no store is asked for most topics, and
    the log says so when that was wrong (see SchemaChanged).
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: OrderedDict[str, DataSchema] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, topic: str) -> DataSchema | None:
        """As far as it is known."""
        return self._known.get(topic)

    def learn(self, topic: str) -> None:
        """Ask the store for a topic's schema. Raises StoreUnavailable."""
        text = self._find(topic)
        compiled = None if text is None else DataSchema(text)
        with self._lock:
            self._known.pop(topic, None)
            if compiled is not None:
                self._known[topic] = compiled
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)


def refusal(
    schema: DataSchema, events: Sequence[CheckedEvent], *, is_array: bool
) -> BadData | None:
    """Why a topic's schema doesn't let events in; None: it does."""
    found = schema.mismatch(event.data for event in events)
    if found is None:
        return None
    place = f"/data{found.pointer}"
    without = events[found.index].data is None
    said = f"data {found.reason}" if not without else f"it has no data: {found.reason}"
    return BadData(f"{said} (at {place})", pointer=place, index=found.index if is_array else None)
