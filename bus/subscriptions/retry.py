"""How a subscription may ask to be tried again (docs/delivery.md D8, D17, D19)."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bus.errors import BadSubscription
from bus.model.retry_policy import RetryPolicy
from bus.wire_rules import check, complaint, number_complaint

_LONGEST_MS = 86_400_000
_MAX_RETRIES = 20
_WAIT_MS = (100, 604_800_000)


def _say_wait(value: Any) -> str:
    return (
        "parked_ms holds null"
        if value is None
        else number_complaint("a wait in parked_ms", *_WAIT_MS)
    )


class Retry(msgspec.Struct, forbid_unknown_fields=True):
    """How a subscription is tried again; what is missing is as it is by default.

    `longest_ms` is not below `first_ms`.
    """

    first_ms: Annotated[int, Meta(ge=100, le=600_000)] | None = None
    longest_ms: Annotated[int, Meta(ge=100, le=_LONGEST_MS)] | None = None
    parked_ms: (
        Annotated[
            list[Annotated[int, complaint(_say_wait, ge=_WAIT_MS[0], le=_WAIT_MS[1])]],
            complaint(
                f"parked_ms is not an array of at most {_MAX_RETRIES} waits",
                max_length=_MAX_RETRIES,
            ),
        ]
        | UnsetType
    ) = UNSET
    give_up_ms: Annotated[int, Meta(ge=60_000, le=2_592_000_000)] | None = None


def retry_policy(value: Any) -> RetryPolicy:
    """A Retry, parsed from JSON; None: as it is by default."""
    default = RetryPolicy()
    if value is None:
        return default

    def check_longest(longest_ms: Any) -> None:
        first_ms = value.get("first_ms") or default.first_ms
        if isinstance(longest_ms, int) and longest_ms < first_ms:
            raise BadSubscription(number_complaint("longest_ms", first_ms, _LONGEST_MS))

    rules = {"longest_ms": check_longest}
    asked: Retry = check(Retry, value, BadSubscription, rules=rules)
    first_ms = asked.first_ms or default.first_ms
    longest_ms = asked.longest_ms or max(first_ms, default.longest_ms)
    parked_ms = default.parked_ms if asked.parked_ms is UNSET else tuple(asked.parked_ms)
    return RetryPolicy(first_ms, longest_ms, parked_ms, asked.give_up_ms)
