"""What people say to each other and to the house about an item."""

from dataclasses import dataclass

REASONS = ("forbidden", "counterfeit", "misleading", "offensive", "other")
"""Why an item may be reported."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question about an item; everybody sees it once its seller has answered."""

    id: str
    auction_id: str
    seller_id: str
    asker_id: str
    text: str
    answer: str | None
    asked_at_ms: int
    answered_at_ms: int | None

    def seen_by(self, customer_id: str | None) -> bool:
        """Whether somebody may read it: anybody once answered, before that its two sides."""
        return self.answer is not None or customer_id in {self.asker_id, self.seller_id}


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
