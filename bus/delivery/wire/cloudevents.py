"""The same events as CloudEvents 1.0 in JSON (docs/protocol.md, "CloudEvents")."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bus.model.event import LogEvent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def batch(events: Iterable[LogEvent]) -> bytes:
    """The body of a delivery in batch mode."""
    return msgspec.json.encode([_cloud_event(event) for event in events])


def structured(event: LogEvent) -> bytes:
    """The body of a delivery in structured mode."""
    return msgspec.json.encode(_cloud_event(event))


def _cloud_event(event: LogEvent) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(event.body)
    facts = {name: told[name] for name in ("url", "t", "position", "data") if name in told}
    return {
        "specversion": "1.0",
        "id": told["id"],
        "source": f"urn:gavel:bus:{told['id'].partition('-')[0]}",
        "type": f"gavel.{event.topic}.{event.type}",
        "subject": event.url,
        "time": _rfc3339(told["t"]),
        "datacontenttype": "application/json",
        "data": facts,
    }


def _rfc3339(t_ms: int) -> str:
    """The farthest year that the format knows stands for all after it."""
    try:
        time = _EPOCH + timedelta(milliseconds=t_ms)
    except OverflowError:
        return "9999-12-31T23:59:59.999Z"
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"
