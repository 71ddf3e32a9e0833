"""Who and what a page knows of while it is written for many: stand-ins, in place of its reader.

They know what all of its readers have in common. What else a template asks them for is an error,
so that nothing of a person gets into a page that is shown to others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from jinja2 import StrictUndefined, UndefinedError

from auction_app.accounts.visitor import Visitor
from auction_app.page_cache.open_text import gap

NAME, TOKEN, NOW, BANNER = "name", "token of forms", "now", "banner"
"""The gaps of every page."""


class _StandIn:
    def __getattr__(self, name: str) -> Any:
        # Not the error that Python has for it: to Jinja that is a name that may be missing.
        raise UndefinedError(_refusal(name))


@dataclass(frozen=True, kw_only=True)
class _Member(_StandIn):
    """A verified member who is no moderator."""

    name: str = gap(NAME)
    moderator: bool = False
    verified: bool = True


@dataclass(frozen=True, kw_only=True)
class _Reader(_StandIn):
    customer: _Member | None
    expired: bool = False
    terms_to_accept: None = None


@dataclass(frozen=True, kw_only=True)
class _Asked(_StandIn):
    """What was asked for, without the browser's headers and cookies."""

    path: str
    full_path: str
    endpoint: str | None
    method: str


def stand_ins(who: Visitor, own: Iterable[str]) -> dict[str, Any]:
    """Names for a template that many will see; `own` are those that only personal parts know."""
    closed = {name: _closed(name) for name in ("session", "g", *own)}
    return closed | {
        "visitor": _Reader(customer=_Member() if who.customer else None),
        "request": _Asked(
            path=request.path,
            full_path=request.full_path,
            endpoint=request.endpoint,
            method=request.method,
        ),
        "server_now_ms": gap(NOW),
        "csrf_token": lambda: gap(TOKEN),
        "maintenance_banner": lambda: gap(BANNER),
    }


def _closed(name: str) -> StrictUndefined:
    return StrictUndefined(hint=_refusal(name))


def _refusal(name: str) -> str:
    return f"{name} is its reader's own: only a part that stands there by personal() may use it"
