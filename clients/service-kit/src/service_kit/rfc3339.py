"""Times as RFC 3339 writes them, for who takes CloudEvents: the bus and its drain alike."""

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-5][0-9]))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(text: object) -> int:
    """Milliseconds since the epoch, cut, not rounded. Raises ValueError.

    `T` and `Z` may be small (section 5.6). A leap second is the one after it, as in POSIX time.

    | text                          | milliseconds  |
    |-------------------------------|---------------|
    | 1970-01-01T00:00:01.5Z        | 1500          |
    | 1970-01-01t01:00:00.0019+01:00| 1             |
    | 2016-12-31T23:59:60Z          | 1483228800000 |
    """
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None or int(found[3]) > 60:
        raise ValueError("not a time with an offset, as in RFC 3339")
    minute = datetime.fromisoformat(f"{found[1]}T{found[2]}:00")
    offset = timedelta(hours=int(found[6] or 0), minutes=int(found[7] or 0))
    zone = timezone(-offset if found[5] == "-" else offset)
    fraction_ms = int((found[4] or ".")[1:4].ljust(3, "0"))
    since = minute.replace(tzinfo=zone) - _EPOCH
    return since // _MILLISECOND + int(found[3]) * 1000 + fraction_ms
