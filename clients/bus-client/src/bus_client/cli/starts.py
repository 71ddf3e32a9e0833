"""Places in the log as people say them."""

import re
from datetime import UTC, datetime
from typing import Any, TypeGuard

import click
from service_kit.clock import now_ms

from bus_client.entities import Start
from bus_client.follow import After

_AGE = re.compile(r"(\d{1,6})(ms|s|min|m|h|d)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_POSITION = re.compile(r"\d{1,18}")
_STEP = re.compile(r"[+-]\d{1,18}")
_WORDS: dict[str, Start] = {"now": "now", "beginning": "beginning", "snapshot": "snapshot"}
_AFTER = re.compile(r"now|beginning|\d{1,18}|[0-9a-f]{8}-\d{1,18}(-[0-9a-f]{8})?")
HOW_TO_SAY = "now, beginning, snapshot, a position, a time (2026-11-30T06:00Z) or an age (2h, 3d)"


class PlaceType(click.ParamType[Start]):
    """A place in the log: what the bus takes as `from` and `to`.

    | "now" | "1200"             | "2026-11-30T06:00Z"         | "2h"               |
    | "now" | {"position": 1200} | {"time_ms": 1795932000000}  | two hours ago      |
    """

    name = "place"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Start:
        """Read it. Raises click.BadParameter."""
        word = _WORDS.get(value)
        if word is not None:
            return word
        if _POSITION.fullmatch(value):
            return {"position": int(value)}
        time_ms = _time_ms(value)
        if time_ms is None:
            self.fail(f"{value!r} is no place in the log: {HOW_TO_SAY}", param, ctx)
        return {"time_ms": time_ms}


PLACE = PlaceType()


class AfterType(click.ParamType[After]):
    """Where a reader begins: `now`, `beginning`, after a position, or after an event's id."""

    name = "position"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> After:
        """Read it. Raises click.BadParameter."""
        text = str(value)
        if not _AFTER.fullmatch(text):
            self.fail(f"{value!r} is neither now, beginning nor a position", param, ctx)
        return text


AFTER = AfterType()


def is_after_events(value: object) -> TypeGuard[str]:
    """Whether a reader may go on after it: a position, or a batch's place."""
    words = {"now", "beginning"}
    return isinstance(value, str) and value not in words and _AFTER.fullmatch(value) is not None


class TimeType(click.ParamType[int]):
    """A time in ms since the epoch, said as 2026-11-30T06:00Z or as an age (2h)."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it. Raises click.BadParameter."""
        time_ms = _time_ms(value)
        if time_ms is None:
            self.fail(f"{value!r} is neither a time nor an age", param, ctx)
        return time_ms


TIME = TimeType()


def step_in(text: str) -> int | None:
    """`+100` and `-100`: so many events on or back; None for what is no step."""
    return int(text) if _STEP.fullmatch(text) else None


def _time_ms(text: str) -> int | None:
    if age := _AGE.fullmatch(text):
        return max(0, now_ms() - int(age[1]) * _UNIT_MS[age[2]])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0, round(at.timestamp() * 1000))
