"""Time zones by name."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone of a name such as "Europe/Berlin"; UTC for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # by what is wrong with the name
        return ZoneInfo("UTC")
