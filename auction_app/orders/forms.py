"""What the two sides of an order type."""

from dataclasses import dataclass

from auction_app.orders.model import RATINGS
from auction_app.web.forms import Form, choice, line


@dataclass(frozen=True, kw_only=True)
class FeedbackForm(Form):
    """How an order went."""

    rating: str = choice(RATINGS, word="missing")
    text: str = line(longest=500)
