"""Read what a seller typed into a listing."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service_kit.errors import NotAnAmount
from service_kit.money import Money, exponent_of

from auction_app.errors import AmountUnclear, BadInput
from auction_app.listings.increments import default_increments
from auction_app.listings.terms import CATEGORIES, CONDITIONS, RETURNS, Details, SoftClose, Terms
from auction_app.web.amounts import read_amount
from auction_app.web.forms import Fields
from auction_app.web.local_time import read_local

TITLE, DESCRIPTION, ALT, POSTAGE = 80, 10_000, 200, 300
HIGHEST_PRICE_MINOR = 10**12
SOFT_CLOSE_S = (60, 120, 300, 600)
"""The windows that a seller may choose from, in seconds; each extends by as much."""
LONGEST_OVERTIME_MS = 24 * 3600 * 1000
"""However often it is extended, an auction ends so long after its planned end at the latest."""


@dataclass(frozen=True, kw_only=True)
class ListingRules:
    """How short and how long an auction may run, and how far ahead it may be set, in ms."""

    shortest_ms: int
    longest_ms: int
    ahead_ms: int = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, kw_only=True)
class ListingForm:
    """What the seller filled in, as typed, and how they write numbers and times."""

    fields: Mapping[str, str]
    decimal_mark: str
    symbol: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A listing that could be published."""

    title: str
    description: str
    details: Details
    terms: Terms


def read_listing(form: ListingForm, rules: ListingRules, *, now_ms: int) -> Listing:
    """The listing in a form. Raises BadInput that names everything that is wrong at once."""
    fields = Fields(form.fields)
    title = fields.line("title", longest=TITLE)
    description = fields.paragraphs("description", longest=DESCRIPTION)
    details = read_details(fields)
    terms = _read_terms(fields, form, rules, now_ms)
    fields.finish()
    if terms is None:
        raise BadInput(fields.errors)
    return Listing(title=title, description=description, details=details, terms=terms)


def read_details(fields: Fields) -> Details:
    """What kind of thing it is; what nobody chose is the default."""
    return Details(
        category=_choice(fields, "category", CATEGORIES, "other"),
        condition=_choice(fields, "condition", CONDITIONS, "used"),
        postage=fields.line("postage", longest=POSTAGE) if fields.raw("postage").strip() else "",
        returns=_choice(fields, "returns", RETURNS, "none"),
    )


def _choice(fields: Fields, name: str, choices: tuple[str, ...], default: str) -> str:
    chosen = fields.raw(name) or default
    if chosen not in choices:
        fields.refuse(name, "not_a_choice")
    return chosen


def _read_terms(
    fields: Fields, form: ListingForm, rules: ListingRules, now_ms: int
) -> Terms | None:
    start_price, reserve, buy_now = _read_prices(fields, form)
    times = _read_times(fields, form.zone, rules, now_ms)
    soft_close = _read_soft_close(fields)
    if start_price is None or times is None:
        return None
    return Terms(
        start_price=start_price,
        increments=default_increments(start_price.currency),
        starts_at_ms=times[0],
        ends_at_ms=times[1],
        reserve=reserve,
        buy_now=buy_now,
        soft_close=soft_close,
        hard_end_at_ms=times[1] + LONGEST_OVERTIME_MS if soft_close else None,
    )


def _read_prices(
    fields: Fields, form: ListingForm
) -> tuple[Money | None, Money | None, Money | None]:
    try:
        exponent_of(fields.raw("currency"))
    except NotAnAmount:
        fields.refuse("currency", "not_a_currency")
        return None, None, None
    start, reserve, buy_now = (
        _read_price(fields, form, name, needed=name == "start_price")
        for name in ("start_price", "reserve", "buy_now")
    )
    if start and reserve and reserve.amount_minor <= start.amount_minor:
        fields.refuse("reserve", "reserve_too_low")
    least = max((price.amount_minor for price in (start, reserve) if price), default=0)
    if buy_now and buy_now.amount_minor <= least:
        fields.refuse("buy_now", "buy_now_too_low")
    return start, reserve, buy_now


def _read_price(fields: Fields, form: ListingForm, name: str, *, needed: bool) -> Money | None:
    typed = fields.raw(name)
    if not typed.strip() and not needed:
        return None
    try:
        price = read_amount(
            typed, fields.raw("currency"), decimal_mark=form.decimal_mark, symbol=form.symbol
        )
    except AmountUnclear:
        fields.refuse(name, "amount_unclear")
        return None
    except NotAnAmount:
        fields.refuse(name, "not_an_amount")
        return None
    if not 0 < price.amount_minor <= HIGHEST_PRICE_MINOR:
        fields.refuse(name, "amount_out_of_range")
    return price


def _read_times(
    fields: Fields, zone: ZoneInfo, rules: ListingRules, now_ms: int
) -> tuple[int, int] | None:
    starts = now_ms
    if fields.raw("starts").strip():
        starts = max(now_ms, _read_time(fields, "starts", zone) or now_ms)
        if starts > now_ms + rules.ahead_ms:
            fields.refuse("starts", "starts_too_late")
    ends = _read_time(fields, "ends", zone)
    if ends is None:
        return None
    if ends < starts + rules.shortest_ms:
        fields.refuse("ends", "ends_too_soon")
    elif ends > starts + rules.longest_ms:
        fields.refuse("ends", "ends_too_late")
    return starts, ends


def _read_time(fields: Fields, name: str, zone: ZoneInfo) -> int | None:
    try:
        return read_local(fields.raw(name), zone, field=name)
    except BadInput as error:
        fields.refuse(name, error.fields[name])
        return None


def _read_soft_close(fields: Fields) -> SoftClose | None:
    chosen = fields.raw("soft_close")
    if not chosen:
        return None
    if chosen not in map(str, SOFT_CLOSE_S):
        fields.refuse("soft_close", "not_a_choice")
        return None
    window_ms = int(chosen) * 1000
    return SoftClose(window_ms=window_ms, extension_ms=window_ms)
