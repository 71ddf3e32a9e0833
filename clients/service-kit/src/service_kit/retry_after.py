"""How long a server asks to be left alone: the header Retry-After (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from service_kit.clock import now_ms

_LONGEST_MS = 24 * 60 * 60 * 1000


def retry_after_ms(value: str, now_ms: int) -> int | None:
    """Milliseconds to wait, at `now_ms` since the epoch; None when it says nothing.

    Seconds, or a date in any of the three forms of RFC 9110, 5.6.7. All are GMT, whatever the
    time zone of this host is and whether they say so or not. At least 0 and at most a day.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:20]) * 1000, _LONGEST_MS)
    at_ms = _date_ms(text)
    return None if at_ms is None else min(max(0, at_ms - now_ms), _LONGEST_MS)


def retry_after_s(value: str) -> int | None:
    """Whole seconds to wait from now on, rounded up; None when it says nothing."""
    wait_ms = retry_after_ms(value, now_ms())
    return None if wait_ms is None else -(-wait_ms // 1000)


def _date_ms(text: str) -> int | None:
    """Ms since the epoch of a date of HTTP, or of mail, which has zones."""
    found = parsedate_tz(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = found[:6]
    try:  # a leap second is the one before it
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        at = local - timedelta(seconds=found[9] or 0)
    except (ValueError, OverflowError):
        return None
    return int(at.timestamp()) * 1000
