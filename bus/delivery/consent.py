"""Which events of a delivery its answer refuses (docs/delivery.md D16)."""

import re
from collections.abc import Sequence

from service_kit.consent import refused_ids

from bus.delivery.answer import Answer
from bus.model.event import LogEvent

_ID = re.compile(rb'"id":"([^"\\]+)","position":\d+\}$')


def refused(answer: Answer, events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
    """Those of the events that a 2xx says were not taken. Raises Unreadable."""
    coding = ", ".join(answer.headers("content-encoding"))
    named = refused_ids(
        answer.body,
        lambda: {event_id(event) for event in events},
        coding=coding,
        cut_off=answer.cut_off,
    )
    return tuple(event for event in events if named and event_id(event) in named)


def event_id(event: LogEvent) -> str:
    """The `id` that subscribers know an event by: it ends the JSON that they get."""
    match = _ID.search(event.body)
    return match[1].decode() if match else str(event.position)
