"""Moments as people read and write them: in their own time zone and language."""

from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_name

from service_kit.clock import utc


def zone_named(name: str | None, default: str = "UTC") -> ZoneInfo:
    """The zone of that name, such as "Europe/Berlin", or the default one when there is none."""
    return ZoneInfo(name if name in zone_names() else default)


@cache
def zone_names() -> frozenset[str]:
    """The names of all zones; looked up once, as that walks a folder of hundreds of files."""
    return frozenset(available_timezones())


def written(at_ms: int, zone: ZoneInfo, locale: Locale | str) -> str:
    """Such as "Nov 21, 2026, 2:30 PM CET" and "21.11.2026, 14:30 MEZ"."""
    return _written(utc(at_ms).astimezone(zone), "short", locale)


def written_exactly(at_ms: int, zone: ZoneInfo, locale: Locale | str) -> str:
    """The same to the second, where it is no full minute: "Nov 21, 2026, 2:30:07 PM CET"."""
    local = utc(at_ms).astimezone(zone)
    return _written(local, "medium" if local.second else "short", locale)


def _written(local: datetime, width: Literal["short", "medium"], locale: Locale | str) -> str:
    day = format_date(local, "medium", locale=locale)
    time = format_time(local, width, tzinfo=local.tzinfo, locale=locale)
    return f"{day}, {time} {_zone_word(local, locale)}"


def _zone_word(local: datetime, locale: Locale | str) -> str:
    """ "UTC", "EST", or "GMT+01:00" where the language has no short word for the zone."""
    word = str(get_timezone_name(local, width="short", locale=locale))
    return str(get_timezone_gmt(local, locale=locale)) if word[:1] in "+-" else word
