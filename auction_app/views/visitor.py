"""Who is looking: signed in or not, in which language and time zone."""

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol, get_decimal_symbol
from flask import Flask, g, request, session
from flask_babel import get_locale

from auction_app.errors import NoSession, SessionExpired
from auction_app.local_time import zone_named
from auction_app.model import Customer
from auction_app.parts import Parts
from auction_app.verbs.resume_session import resume_session

SESSION_COOKIE = "gavel"
ZONE_COOKIE = "gavel_zone"
HOUSE_ZONE = "UTC"
SESSION_S = 14 * 24 * 3600
_TOKEN = "token"  # noqa: S105 - the name under which the session's token is kept


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """`expired` when the browser brought a session that is no longer good; `unread` counts the
    notices that the customer has not seen."""

    customer: Customer | None
    expired: bool = False
    unread: int = 0


def install_visitor(app: Flask, parts: Parts) -> None:
    """Let formats and words, which know no parts, ask who is looking."""

    @app.before_request
    def prepare() -> None:
        g.ask_visitor = partial(visitor, parts)


def visitor(parts: Parts) -> Visitor:
    """The visitor of the current request, looked up once and only if somebody asks."""
    if "visitor" not in g:
        g.visitor = _look_up(parts)
    found: Visitor = g.visitor
    return found


def signed_in(parts: Parts) -> Customer:
    """The signed-in customer. Raises NoSession, SessionExpired."""
    who = visitor(parts)
    if who.customer is None:
        raise SessionExpired("sign in again") if who.expired else NoSession("sign in")
    return who.customer


def current_customer() -> Customer | None:
    """Who is signed in to the current request, if anybody is."""
    ask = g.get("ask_visitor")
    found: Visitor | None = ask() if ask else None
    return found.customer if found else None


def remember(token: str) -> None:
    """Put a new session's token into the cookie, and nothing of the session before it."""
    session.clear()
    session.permanent = True
    session[_TOKEN] = token


def forget() -> str | None:
    """Take the session's token out of the cookie; returns it if there was one."""
    token: str | None = session.get(_TOKEN)
    session.clear()
    return token


def session_token() -> str:
    """The token of the session that is signed in."""
    return str(session.get(_TOKEN, ""))


def viewer_zone() -> ZoneInfo:
    """The zone that the account says, else what the browser told us, else the house's; looked up
    once a request."""
    found: ZoneInfo | None = g.get("zone")
    if found is None:
        who = current_customer()
        chosen = who.time_zone if who else None
        found = g.zone = zone_named(chosen or request.cookies.get(ZONE_COOKIE), HOUSE_ZONE)
    return found


def decimal_mark() -> str:
    """ "." or ",", as the visitor's language has it."""
    return get_decimal_symbol(get_locale())


def currency_symbol(currency: str) -> str:
    """ "$" for USD, as the visitor's language has it; the code itself for an unknown one."""
    return get_currency_symbol(currency, get_locale())


def _look_up(parts: Parts) -> Visitor:
    token = session.get(_TOKEN)
    if not isinstance(token, str):
        return Visitor(customer=None)
    try:
        found = resume_session(parts.store, token, now_ms=parts.clock())
    except SessionExpired:
        session.pop(_TOKEN)
        return Visitor(customer=None, expired=True)
    return Visitor(customer=found.customer, unread=found.unread)
