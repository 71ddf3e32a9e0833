"""What the two sides of an order type."""

from dataclasses import dataclass

from service_kit.money import Money

from auction_app.orders.countries import COUNTRIES
from auction_app.orders.message import LONGEST_MESSAGE
from auction_app.orders.model import ANSWERS, RATINGS, REQUESTS, Answer, RequestKind
from auction_app.web.forms import Form, as_typed, choice, line, money, paragraphs

LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class StepForm(Form):
    """What a side sets an order to; by whom and under which number it was sent, if it was."""

    status: str = as_typed()
    carrier: str = line(longest=40, optional=True)
    number: str = line(longest=60, optional=True)


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
    note: str = line(longest=LONGEST_REASON, optional=True)


@dataclass(frozen=True, kw_only=True)
class AddressForm(Form):
    """Where an order is sent."""

    name: str = line(longest=100)
    street: str = line(longest=200)
    postal_code: str = line(longest=20, optional=True)
    city: str = line(longest=100)
    country: str = choice(COUNTRIES, word="missing")


@dataclass(frozen=True, kw_only=True)
class PostageForm(Form):
    """What the delivery costs, which may be nothing."""

    postage: Money = money()


@dataclass(frozen=True, kw_only=True)
class MessageForm(Form):
    """What one side writes to the other."""

    message: str = paragraphs(longest=LONGEST_MESSAGE)


@dataclass(frozen=True, kw_only=True)
class FeedbackForm(Form):
    """How an order went."""

    rating: str = choice(RATINGS, word="missing")
    text: str = line(longest=500)
