"""Reminders of what is watched."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """That an item watched by one customer ends soon."""

    id: str
    auction_id: str
    customer_id: str
    ends_at_ms: int
    kind: str = "ending-soon"
