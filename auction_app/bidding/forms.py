"""What bidders type."""

from dataclasses import dataclass

from service_kit.money import Money

from auction_app.web.forms import Form, money


@dataclass(frozen=True, kw_only=True)
class BidForm(Form):
    """The most that somebody would pay, in the auction's currency."""

    maximum: Money = money()
