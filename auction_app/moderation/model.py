"""Reports, and the trail of what moderators did."""

from dataclasses import dataclass

REASONS = ("forbidden", "counterfeit", "misleading", "offensive", "other")
"""Why an item may be reported."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Somebody thinks that an item breaks the rules."""

    id: str
    auction_id: str
    title: str
    seller_id: str
    seller_name: str
    reporter_id: str
    reporter_name: str
    reason: str
    text: str
    at_ms: int
    settled_at_ms: int | None


@dataclass(frozen=True, kw_only=True)
class TrailEntry:
    """One thing that a moderator did, and why."""

    at_ms: int
    actor: str
    action: str
    subject: str
    note: str
