"""What a datetime-local input holds, in the viewer's own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from service_kit.clock import utc

from auction_app.errors import BadInput


def read_local(text: str, zone: ZoneInfo, *, field: str) -> int:
    """What a datetime-local input holds, as ms since the epoch.

    An hour that the clocks repeat is read as its first pass. Raises BadInput for `field`:
    not_a_time, or no_such_time for an hour that the clocks skip.
    """
    try:
        naive = datetime.fromisoformat(text.strip())
        if naive.tzinfo is not None or "T" not in text:
            raise ValueError("not a local time")
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput({field: "not_a_time"}) from error
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        raise BadInput({field: "no_such_time"})
    return int(moment.timestamp()) * 1000


def write_local(at_ms: int, zone: ZoneInfo) -> str:
    """The value of a datetime-local input, such as 2026-11-21T18:30:00."""
    return utc(at_ms).astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
