"""What a seller types about an item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service_kit.money import Money

from auction_app.errors import BadInput
from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.increments import default_increments
from auction_app.listings.terms import (
    ASK,
    CONDITIONS,
    DELIVERIES,
    FREE,
    PRICED,
    RETURNS,
    Details,
    SoftClose,
    Terms,
)
from auction_app.web.forms import (
    Form,
    Notation,
    choice,
    cost,
    currency,
    line,
    local_time,
    paragraphs,
    price,
)

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ALT = 80, 10_000, 200
LONGEST_WORDS = 80
"""Of where an item is, and of how one pays."""
SOFT_CLOSE_S = (60, 120, 300, 600)
"""The windows that a seller may choose from, in seconds; each extends by as much."""
LONGEST_OVERTIME_MS = 24 * 3600 * 1000
"""However often it is extended, an auction ends so long after its planned end at the latest."""


@dataclass(frozen=True, kw_only=True)
class DescriptionForm(Form):
    """What an item is, and how it gets to its buyer and back; what nobody chose is the default."""

    title: str = line(longest=LONGEST_TITLE)
    description: str = paragraphs(longest=LONGEST_DESCRIPTION)
    category: str = choice(EVERY_CATEGORY, default="other")
    condition: str = choice(CONDITIONS, default="used")
    postage: str = line(longest=300, optional=True)
    returns: str = choice(RETURNS, default="none")
    delivery: str = choice(DELIVERIES, default=ASK)
    postage_cost: Money | None = cost(optional=True)
    location: str = line(longest=LONGEST_WORDS, optional=True)
    payment: str = line(longest=LONGEST_WORDS, optional=True)

    @property
    def details(self) -> Details:
        """What is said of it beside title and description."""
        return Details(
            category=self.category,
            condition=self.condition,
            postage=self.postage,
            returns=self.returns,
            delivery=self._delivery,
            postage_minor=self._postage_minor,
            location=self.location,
            payment=self.payment,
        )

    @property
    def _delivery(self) -> str:
        """What is sent at a price of nothing is sent free."""
        nothing = self.delivery == PRICED and self._postage_minor == 0
        return FREE if nothing else self.delivery

    @property
    def _postage_minor(self) -> int | None:
        priced = self.delivery == PRICED and self.postage_cost
        return self.postage_cost.amount_minor if priced and self.postage_cost else None


@dataclass(frozen=True, kw_only=True)
class AdditionForm(Form):
    """What may still be said once people have bid."""

    addition: str = paragraphs(longest=LONGEST_DESCRIPTION)


@dataclass(frozen=True, kw_only=True)
class ListingForm(DescriptionForm):
    """All that is needed to publish; nobody's item is "everything else" because they looked past
    it."""

    category: str = choice(EVERY_CATEGORY, word="category_missing")
    currency: str = currency()
    start_price: Money = price()
    reserve: Money | None = price(optional=True)
    buy_now: Money | None = price(optional=True)
    starts: int | None = local_time(optional=True)
    ends: int = local_time()
    soft_close: str | None = choice(map(str, SOFT_CLOSE_S), default=None)


@dataclass(frozen=True, kw_only=True)
class ListingRules:
    """How short and how long an auction may run, and how far ahead it may be set, in ms."""

    shortest_ms: int
    longest_ms: int
    ahead_ms: int = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A listing that could be published."""

    title: str
    description: str
    details: Details
    terms: Terms


def read_listing(
    typed: Mapping[str, str], notation: Notation, rules: ListingRules, *, now_ms: int
) -> Listing:
    """The listing in a form, its prices in the form's own currency. Raises BadInput that names
    everything that is wrong at once."""
    notation = replace(notation, currency=typed.get("currency", ""))
    valid, errors = ListingForm.examine(typed, notation)
    errors = (
        _about_prices(valid) | about_postage(valid) | _about_times(valid, rules, now_ms) | errors
    )
    if errors:
        raise BadInput(errors)
    form = ListingForm(**valid)
    return Listing(
        title=form.title,
        description=form.description,
        details=form.details,
        terms=_terms(form, now_ms),
    )


def _terms(form: ListingForm, now_ms: int) -> Terms:
    window_ms = int(form.soft_close) * 1000 if form.soft_close else None
    return Terms(
        start_price=form.start_price,
        increments=default_increments(form.currency),
        starts_at_ms=_start(form.starts, now_ms),
        ends_at_ms=form.ends,
        reserve=form.reserve,
        buy_now=form.buy_now,
        soft_close=SoftClose(window_ms=window_ms, extension_ms=window_ms) if window_ms else None,
        hard_end_at_ms=form.ends + LONGEST_OVERTIME_MS if window_ms else None,
    )


def _about_prices(valid: Mapping[str, Any]) -> dict[str, str]:
    start, reserve, buy_now = (valid.get(name) for name in ("start_price", "reserve", "buy_now"))
    errors = {}
    if start and reserve and reserve.amount_minor <= start.amount_minor:
        errors["reserve"] = "reserve_too_low"
    least = max((one.amount_minor for one in (start, reserve) if one), default=0)
    if buy_now and buy_now.amount_minor <= least:
        errors["buy_now"] = "buy_now_too_low"
    return errors


def about_postage(valid: Mapping[str, Any]) -> dict[str, str]:
    """What is sent at a price has one."""
    named = valid.get("postage_cost") is not None
    return {"postage_cost": "missing"} if valid.get("delivery") == PRICED and not named else {}


def _about_times(valid: Mapping[str, Any], rules: ListingRules, now_ms: int) -> dict[str, str]:
    starts, ends = _start(valid.get("starts"), now_ms), valid.get("ends")
    errors = {}
    if starts > now_ms + rules.ahead_ms:
        errors["starts"] = "starts_too_late"
    if ends is not None and ends < starts + rules.shortest_ms:
        errors["ends"] = "ends_too_soon"
    elif ends is not None and ends > starts + rules.longest_ms:
        errors["ends"] = "ends_too_late"
    return errors


def _start(starts_at_ms: int | None, now_ms: int) -> int:
    """What is to start in the past starts now."""
    return now_ms if starts_at_ms is None else max(now_ms, starts_at_ms)
