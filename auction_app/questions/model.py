"""Questions about items."""

from dataclasses import dataclass


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
