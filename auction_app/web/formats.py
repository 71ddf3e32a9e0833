"""How money, moments and spans of time are written for this visitor."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import Flask
from markupsafe import Markup
from service_kit import local_money
from service_kit.clock import utc
from service_kit.local_time import written, written_exactly
from service_kit.money import Money

from auction_app.web.i18n import decimal_mark, plural, style, viewer_zone

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def install_formats(app: Flask) -> None:
    """Filters for the templates: money, decimal, moments, spans of time, short_mask."""

    app.add_template_filter(money)
    app.add_template_filter(decimal)
    app.add_template_filter(moment)
    app.add_template_filter(exact_moment)
    app.add_template_filter(month)
    app.add_template_filter(time_left)
    app.add_template_filter(short_mask)


def moment(at_ms: int) -> Markup:
    """A moment in the visitor's zone, which it names, as a `<time>` that machines can read."""
    return _moment(at_ms, viewer_zone(), style())


def exact_moment(at_ms: int) -> Markup:
    """The same to the second, where it is no full minute."""
    return _marked(at_ms, written_exactly(at_ms, viewer_zone(), style()))


# A page repeats few amounts and moments, and the next visitor's page repeats them: formatting
# them anew each time cost half of an item page.
@lru_cache(maxsize=10_000)
def _moment(at_ms: int, zone: ZoneInfo, locale: str) -> Markup:
    return _marked(at_ms, written(at_ms, zone, locale))


def _marked(at_ms: int, words: str) -> Markup:
    iso = utc(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(iso, words)


def month(at_ms: int) -> str:
    """The month in the visitor's zone, such as "Nov 2026"."""
    return str(format_skeleton("yMMM", utc(at_ms), viewer_zone(), locale=style()))


def month_began_ms(now_ms: int, zone: ZoneInfo) -> int:
    """When the month began there."""
    first = utc(now_ms).astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(first.timestamp()) * 1000


def money(amount: Money) -> str:
    """The amount with its currency, as the visitor's language writes it."""
    return _money(amount, style())


@lru_cache(maxsize=10_000)
def _money(amount: Money, locale: str) -> str:
    return local_money.written(amount, locale)


def decimal(amount: Money) -> str:
    """The bare amount as one would type it: the visitor's decimal mark, no groups."""
    return amount.amount.replace(".", decimal_mark())


def time_left(left_ms: int) -> str:
    """The two largest units: "2 days 3 h", "3 h 5 min", "4 min 10 s", "9 s"; none that is zero."""
    seconds = max(0, left_ms) // 1000
    days, hours = seconds // _DAY_S, seconds % _DAY_S // _HOUR_S
    minutes, rest = seconds % _HOUR_S // _MINUTE_S, seconds % _MINUTE_S
    units = [(days, ""), (hours, "h"), (minutes, "min"), (rest, "s")]
    while len(units) > 1 and not units[0][0]:
        units.pop(0)
    return " ".join(_span(*unit) for unit in units[:2] if unit[0]) or _span(*units[0])


def _span(count: int, unit: str) -> str:
    return f"{count} {unit}" if unit else plural("%(num)d day", "%(num)d days", count)


def short_mask(mask: str) -> str:
    """As much of a bidder's mask as a narrow page has room for: one in 16 million is alike, and
    an auction has hundreds of bidders at most."""
    return mask[:6]
