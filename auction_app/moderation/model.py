"""Reports, decisions, what follows from them, and the trail of what moderators did."""

from dataclasses import dataclass
from typing import Literal, get_args

from auction_app.notifications.model import StatementKind

APPEAL_DAYS = 180
"""How long somebody may appeal; half a year is what the EU's Digital Services Act asks (20.1)."""
_DAY_MS = 24 * 3_600_000
Action = Literal["hide", "end", "ban"]
"""What a decision may do."""
What = Literal["freeze", "resume", "end", "bar", "unbar"]
"""What bids_service may be told (docs/bidding.md B17, B18)."""

Reason = Literal["forbidden", "counterfeit", "misleading", "offensive", "other"]
"""Why an item may be reported, or a message."""
REASONS: tuple[Reason, ...] = get_args(Reason)


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
    reason: Reason
    text: str
    at_ms: int
    settled_at_ms: int | None


@dataclass(frozen=True, kw_only=True)
class MessageReport:
    """Whoever got a message about an order thinks that it breaks the rules; `title` is the
    item's, `message_text` None once its author's account is deleted."""

    message_id: str
    message_text: str | None
    title: str
    reporter_id: str
    reporter_name: str
    reason: Reason
    text: str
    at_ms: int
    settled_at_ms: int | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a moderator decided about an item of a customer, about a message that the customer
    wrote about the sale of one, or about the customer's account, and the appeal against it. `note`
    is the reason, as those concerned are told it."""

    id: str
    action: Action
    auction_id: str | None
    customer_id: str
    note: str
    at_ms: int
    message_id: str | None = None
    lifted_at_ms: int | None = None
    appeal: str | None = None
    appealed_at_ms: int | None = None
    answer: str | None = None
    answered_at_ms: int | None = None

    @property
    def in_force(self) -> bool:
        """Whether it holds."""
        return self.lifted_at_ms is None

    @property
    def waits(self) -> bool:
        """Whether an appeal waits for its answer."""
        return self.appealed_at_ms is not None and self.answered_at_ms is None

    def may_appeal(self, now_ms: int) -> bool:
        """Once, while it holds, for half a year."""
        in_time = now_ms < self.at_ms + APPEAL_DAYS * _DAY_MS
        return self.in_force and self.appealed_at_ms is None and in_time


@dataclass(frozen=True, kw_only=True)
class Decree:
    """What bids_service is to do in an auction because of a decision; `key` makes it once."""

    number: int
    key: str
    decision_id: str
    auction_id: str
    what: What
    bidder_id: str | None
    failures: int
    due_at_ms: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one customer is told of a decision, and why."""

    id: str
    decision_id: str | None
    customer_id: str
    auction_id: str | None
    kind: StatementKind
    text: str
    at_ms: int


@dataclass(frozen=True, kw_only=True)
class TrailEntry:
    """One thing that a moderator did, and why. `about`: what the item or the customer at the URL
    `subject` is called, None where there is none any more."""

    at_ms: int
    actor: str
    action: str
    subject: str
    about: str | None
    note: str
