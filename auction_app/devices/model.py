"""What lets a machine of a customer's hear of the customer's sales, and of nothing else."""

from dataclasses import dataclass

MOST = 20
"""How many devices an account may have."""
PREFIX = "gavel_device_"
"""What each token begins with: no other token of ours does, and who finds one knows what it is."""


@dataclass(frozen=True, kw_only=True)
class DeviceToken:
    """A device of `owner_id`'s; its token is known here by its digest only. Its scope is `orders`:
    to read what the owner sells. It begins after sale number `begins_after`, which was the latest
    when it was added."""

    id: str
    owner_id: str
    name: str
    begins_after: int
    added_at_ms: int
    last_seen_at_ms: int | None = None
