"""The newest events of the log, from the API that reads it forwards."""

from collections.abc import Callable
from typing import Any

from bus.console.api_call import ApiCall

EVERYTHING = "*"
_SHOWN = 50
_LOOKED_AT = 1_000


def newest(get: Callable[[ApiCall], Any], topics: str) -> dict[str, Any]:
    """The last of the log: up to 50 events of these topics among its last 1 000, newest first;
    `position` is where it ends."""
    asked = {"topics": topics}
    end = get(ApiCall("GET", "/events", asked | {"after": "now", "limit": "1"}))["position"]
    start = {"after": str(max(0, end - _LOOKED_AT)), "limit": str(_LOOKED_AT)}
    found = get(ApiCall("GET", "/events", asked | start))
    return {**found, "events": found["events"][: -_SHOWN - 1 : -1]}
