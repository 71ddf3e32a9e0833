"""Pages that many people see alike: each is written once.

The whole state of which a page is made is the key under which it is kept, so a page that is found
there is true. What passes with time, and what is its reader's own, is left open in it and filled
in at each showing. While it is written its reader is played by a stand-in, so that nothing else of
a person can get into a page that is shown to others.
"""

import secrets
import threading
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from auction_app.accounts.visitor import Visitor, visitor
from auction_app.parts import Parts
from auction_app.web.i18n import language, style, viewer_zone
from auction_app.web.negotiation import page, vary_by_viewer

MOST = 500
"""How many pages a process keeps: with the state they show, some 20 kB each."""


@dataclass(frozen=True, kw_only=True)
class _Member:
    """What a kept page may know of the member who reads it; the name is a gap."""

    name: str
    moderator: bool
    verified: bool = True


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Stands in for the visitor."""

    customer: _Member | None
    unread: int
    expired: bool = False


class PageCache:
    """Keeps the pages that were written last.

    Finding one takes no lock: to compare keys is Python's work, for which threads would stand in
    line.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pages: dict[Hashable, str] = {}
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(8)  # so that nothing anybody writes is taken for a gap

    def page(
        self, template: str, state: Mapping[str, Any], passing: Collection[str] = ()
    ) -> Response:
        """The page for the current visitor. `state` is hashable; what of it is `passing` with time
        may stand in the template only as it is."""
        who = visitor(self._parts)
        if _is_ones_own(who):
            return page(template, **state)
        gaps = {name: str(state[name]) for name in passing}
        gaps["server_now_ms"] = str(self._parts.clock())
        if who.customer:
            gaps |= {"name": str(escape(who.customer.name)), "csrf": generate_csrf()}
        html = self._written(template, {**state, **self._open(passing)}, who)
        for name, text in gaps.items():
            html = html.replace(self._gap(name), text)
        return vary_by_viewer(make_response(html))

    def _written(self, template: str, state: dict[str, Any], who: Visitor) -> str:
        reader = self._stand_in(who)
        key = (
            template,
            request.full_path,
            language(),
            style(),
            viewer_zone().key,
            reader,
            *state.values(),
        )
        html = self._pages.get(key)
        if html is None:
            html = render_template(
                template, **state, visitor=reader, csrf_token=lambda: self._gap("csrf")
            )
            self._keep(key, html)
        return html

    def _keep(self, key: Hashable, html: str) -> None:
        with self._lock:
            self._pages[key] = html
            while len(self._pages) > MOST:
                del self._pages[next(iter(self._pages))]

    def _stand_in(self, who: Visitor) -> _Reader:
        me = who.customer
        member = _Member(name=self._gap("name"), moderator=me.moderator) if me else None
        return _Reader(customer=member, unread=who.unread)

    def _open(self, passing: Collection[str]) -> dict[str, str]:
        return {name: self._gap(name) for name in (*passing, "server_now_ms")}

    def _gap(self, name: str) -> str:
        return f"{name}-{self._mark}"


def _is_ones_own(who: Visitor) -> bool:
    """Whether something is said to this visitor that is said to no other."""
    unverified = who.customer is not None and not who.customer.verified
    return who.expired or unverified or "_flashes" in session
