"""What the two sides of an order type."""

from dataclasses import dataclass

from auction_app.orders.model import ANSWERS, RATINGS, REQUESTS, Answer, RequestKind
from auction_app.web.forms import Form, choice, line

LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class RequestForm(Form):
    """What one side asks of the other, and why."""

    kind: RequestKind = choice(REQUESTS, word="missing")
    reason: str = line(longest=LONGEST_REASON)


@dataclass(frozen=True, kw_only=True)
class RequestAnswerForm(Form):
    """What the other side says to it."""

    kind: RequestKind = choice(REQUESTS, word="missing")
    answer: Answer = choice(ANSWERS, word="missing")


@dataclass(frozen=True, kw_only=True)
class FeedbackForm(Form):
    """How an order went."""

    rating: str = choice(RATINGS, word="missing")
    text: str = line(longest=500)
