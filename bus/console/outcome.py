"""What came of what somebody has had tried: a redrive, a retry, a resend."""

from collections.abc import Callable, Mapping
from typing import Any

from bus.console.actions import BY_NAME
from bus.console.api_call import ApiCall
from bus.console.fields import is_number

_LAST = 5


def asked_since(args: Mapping[str, str]) -> str | None:
    """Since when, in ms since the epoch; None: this page was not led to by something tried."""
    action, since_ms = BY_NAME.get(args.get("did", "")), args.get("since_ms", "")
    return since_ms if action and action.tries and is_number(since_ms) else None


def outcome(get: Callable[[ApiCall], Any], subscription: str, since_ms: str) -> dict[str, Any]:
    """The last attempts since then, and how the subscription at a path of the API stands now."""
    query = {"since_ms": since_ms, "limit": str(_LAST)}
    attempts = get(ApiCall("GET", f"{subscription}/attempts", query))
    return {
        "since_ms": since_ms,
        "attempts": attempts["_embedded"]["attempts"],
        "subscription": get(ApiCall("GET", subscription)),
    }
