"""What the two sides of an order write to each other."""

from dataclasses import dataclass

from auction_app.orders.model import DAY_MS, Order, OrderStatus, may_give_feedback

LONGEST_MESSAGE = 2000
_AFTERWARDS_MS = 90 * DAY_MS


@dataclass(frozen=True, kw_only=True)
class Message:
    """From one side of an order to the other. `text` is None once the account that wrote it is
    deleted; what was taken off at `removed_at_ms` neither side sees. No two messages of an order
    have the same `at_ms`."""

    id: str
    order_id: str
    author_id: str
    author_name: str
    text: str | None
    at_ms: int
    removed_at_ms: int | None = None

    @property
    def is_removed(self) -> bool:
        """Whether the house keeps it from its two sides."""
        return self.removed_at_ms is not None

    @property
    def words(self) -> str | None:
        """What its two sides may read of it; None for nothing."""
        return None if self.is_removed else self.text


def may_write(order: Order, now_ms: int) -> bool:
    """Whether the two sides may write to each other: until the order is over, while the item is on
    its way back, and for 90 days after that."""
    if not may_give_feedback(order.status):
        return True
    accepted = any(it.kind == "return" and it.answer == "accept" for it in order.requests)
    comes_back = order.status is OrderStatus.RECEIVED and accepted
    return comes_back or now_ms < order.steps[-1].at_ms + _AFTERWARDS_MS
