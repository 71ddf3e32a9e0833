"""The noun of the attempts log."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery and what came of it: heads without credentials, bodies cut at 4 KiB.

    `id` is 0 until it is stored.
    """

    id: int
    subscription_id: int
    at_ms: int
    duration_ms: int
    attempt: int
    events: int
    first_position: int
    last_position: int
    status: int | None
    error: str | None
    request_head: str
    request_body: bytes = field(repr=False)
    response_head: str
    response_body: bytes = field(repr=False)
