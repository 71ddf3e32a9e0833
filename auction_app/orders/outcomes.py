"""What happens to orders."""

from dataclasses import dataclass

from service_kit.outcomes import Operation, Outcome

from auction_app.orders.message import Message
from auction_app.orders.model import Answer, Order, OrderStatus, Request


@dataclass(frozen=True)
class OrderMade(Outcome):
    """A sale became an order; `sold_by` is the URL of the bidding or of the accepted offer. Its
    buyer has `won`, or has bought it: at once, or by a second chance."""

    order: Order
    sold_by: str
    at_ms: int
    won: bool


@dataclass(frozen=True)
class OrderAdvanced(Operation):
    """One side sets an order to `status`, or the house, whose `by_id` is None; `order` is as it was
    before."""

    order: Order
    status: OrderStatus
    by_id: str | None


@dataclass(frozen=True)
class RequestMade(Operation):
    """One side of an order asks the other for something."""

    order: Order
    request: Request


@dataclass(frozen=True)
class RequestAnswered(Operation):
    """The other side answers; `request` is as it was before. That both cancel is an OrderAdvanced
    beside it."""

    order: Order
    request: Request
    answer: Answer


@dataclass(frozen=True)
class MessageWritten(Operation):
    """One side of an order writes to the other."""

    order: Order
    message: Message
