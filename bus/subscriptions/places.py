"""Where a subscription begins, or is told to go on: the words for a place (docs/delivery.md D9)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bus.errors import BadSubscription
from bus.model.subscription import NOW, StartAt, StartPosition
from bus.wire_rules import check, complaint, number_complaint

MOST_EVENTS = 100_000
_BOUNDS = {
    StartAt.POSITION.value: (0, 2**53 - 1),
    StartAt.TIME.value: (0, 2**53 - 1),
    StartAt.EVENTS.value: (-MOST_EVENTS, MOST_EVENTS),
}
_WORDS = {StartAt.NOW.value, StartAt.BEGINNING.value, StartAt.SNAPSHOT.value}


def _say(*numbers: str) -> Callable[[Any], str]:
    points = ", ".join(f'{{"{name}": n}}' for name in numbers)

    def complain(value: Any) -> str:
        if isinstance(value, dict) and len(value) == 1:
            (name,) = value
            if name in numbers and value[name] is not None:
                return number_complaint(name, *_BOUNDS[name])
        return f'a place is "now", "beginning", "snapshot" or one of {points}'

    return complain


_Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
_ONE_KEY = {"minProperties": 1, "maxProperties": 1}


class StartPoint(msgspec.Struct, forbid_unknown_fields=True):
    """After a position, or from a time on: one of them."""

    position: _Number | UnsetType = UNSET
    time_ms: _Number | UnsetType = UNSET


class SeekPoint(StartPoint):
    """The same, or so many of its events back (negative) or on from where it is."""

    events: Annotated[int, Meta(ge=-MOST_EVENTS, le=MOST_EVENTS)] | UnsetType = UNSET


Start = Annotated[
    Literal["now", "beginning", "snapshot"] | StartPoint,
    complaint(_say("position", "time_ms"), extra_json_schema=_ONE_KEY),
]
"""
| value                   | begins with                                             |
|-------------------------|---------------------------------------------------------|
| missing, null, `now`    | the next event                                          |
| `beginning`             | the oldest event that is kept                           |
| `snapshot`              | the last event of every live entity, then what is new   |
| `{"position": 12}`      | the event after this position                           |
| `{"time_ms": 17…}`      | the first event published at this time or later         |
"""

Place = Annotated[
    Literal["now", "beginning", "snapshot"] | SeekPoint,
    complaint(_say("position", "time_ms", "events"), extra_json_schema=_ONE_KEY),
]
"""The same, and `{"events": -3}`: the third last of its events before where it is."""


class Seek(msgspec.Struct, forbid_unknown_fields=True):
    """Where a subscription is to go on: said, never left out, for `now` passes by a backlog."""

    to: Place


class SeekQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The same as one word: `now`, `beginning`, `snapshot`, `position:12`, `time_ms:17…`,
    `events:-3`."""

    to: str


def start_position(start: str | StartPoint | None) -> StartPosition:
    """The place that is meant. Raises BadSubscription unless there is one number."""
    if start is None:
        return NOW
    if isinstance(start, str):
        return StartPosition(StartAt(start))
    given: dict[str, int | UnsetType] = msgspec.structs.asdict(start)
    numbers = [(name, value) for name, value in given.items() if isinstance(value, int)]
    if len(numbers) != 1:
        raise BadSubscription(_say(*given)(None))
    ((name, value),) = numbers
    return StartPosition(StartAt(name), value)


def check_seek(value: Any) -> StartPosition:
    """Where a Seek goes, parsed from JSON. Raises BadSubscription."""
    asked: Seek = check(Seek, value, BadSubscription)
    return start_position(asked.to)


def check_seek_word(text: str) -> StartPosition:
    """Where a SeekQuery goes. Raises BadSubscription."""
    name, colon, number = text.partition(":")
    digits = number.removeprefix("-").removeprefix("+")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 18
    if colon and name in _BOUNDS and is_number:
        return check_seek({"to": {name: int(number)}})
    if text not in _WORDS:
        raise BadSubscription(
            "to is none of now, beginning, snapshot, position:N, time_ms:N, events:N"
        )
    return check_seek({"to": text})
