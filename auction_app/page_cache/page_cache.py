"""Pages that many people see alike: each is written once.

The whole state of which a page is made is the key under which it is kept, so a page that is found
there is true. What is its reader's own, and what passes with time, is left open in it and filled
in at each showing. The parts that a template sets in by `personal` are kept beside the page, each
under the whole of what its readers have of their own.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

from flask import Response, make_response, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from auction_app.accounts.visitor import Visitor, session_token, visitor
from auction_app.maintenance.in_templates import maintenance_banner
from auction_app.page_cache.copies import SHOWN, Asked, Shown
from auction_app.page_cache.in_templates import OPEN, moment_in, part_in
from auction_app.page_cache.open_text import OpenText, open_text
from auction_app.page_cache.stand_ins import BANNER, NAME, NOW, TOKEN, stand_ins
from auction_app.parts import Parts
from auction_app.web.formats import time_left
from auction_app.web.i18n import language, style, viewer_zone, zone_is_chosen
from auction_app.web.negotiation import page, vary_by_viewer

MOST, MOST_PARTS = 500, 100
"""How many pages a process keeps: with the state they show, some 20 kB each; and of how many
readers' parts of each, a few kB a reader."""
_SESSIONS_TOKEN = "csrf_token"  # noqa: S105 - the name under which a session keeps it
_NOTHING: Mapping[str, Any] = {}
Own = Mapping[str, Any]
Again = Callable[[], tuple[Mapping[str, Any], Own]]


@dataclass(frozen=True)
class _Written:
    """Texts by the gaps that they fill, and the moments until which they tell the time left."""

    texts: Mapping[str, OpenText]
    moments: Mapping[str, int]


@dataclass(frozen=True)
class _Page:
    """A page, and its personal parts by what they show."""

    text: OpenText
    moments: Mapping[str, int]
    parts: dict[Hashable, _Written] = field(default_factory=dict)


class PageCache:
    """Keeps the pages that were written last.

    Finding one takes no lock: to compare keys is Python's work, for which threads would stand in
    line.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pages: dict[Hashable, _Page] = {}
        self._lock = threading.Lock()

    def page(
        self,
        template: str,
        state: Mapping[str, Any],
        own: Own = _NOTHING,
        *,
        again: Again | None = None,
    ) -> Response:
        """The page for the current visitor, or a 304 if that is what the browser has.

        `state` is all that the template may show; `own` what its personal parts may show beside,
        of this reader. The values of both are hashable. `again` makes both anew, for this reader,
        without a request: whoever asks again with their copy is then answered sooner (`copies`).
        """
        who = visitor(self._parts)
        if _is_ones_own(who):
            return page(template, **state, **own)
        own, asked, reader = {**own, "unread": who.unread}, _asked(), _readers(who)
        found = self._page(template, state, who, own, asked)
        personal = self._personal(found, state, who, own)
        passing = self._passing(found, personal)
        forms = session.get(_SESSIONS_TOKEN)
        tag = _tag(who, forms, found, personal, passing)
        if again is not None:
            tag_now = partial(self._tag_now, template, again, asked, forms)
            request.environ[SHOWN] = Shown(who, session_token(), asked, tag_now)
        if request.if_none_match.contains_weak(tag):
            return _for_viewer(Response(status=304), tag)
        values = {NOW: str(self._parts.clock()), **passing, **reader}
        values |= {name: text.filled(values) for name, text in personal.texts.items()}
        return _for_viewer(make_response(found.text.filled(values)), tag)

    def _tag_now(
        self, template: str, again: Again, asked: Asked, forms: str | None, who: Visitor
    ) -> str | None:
        """The tag that `page` would give; None where something isn't written."""
        state, own = again()
        found = self._pages.get(_key(template, asked, who, state))
        personal = found.parts.get((*own.values(), who.unread)) if found else None
        if found is None or personal is None:
            return None
        return _tag(who, forms, found, personal, self._passing(found, personal))

    def _page(
        self, template: str, state: Mapping[str, Any], who: Visitor, own: Own, asked: Asked
    ) -> _Page:
        key = _key(template, asked, who, state)
        found = self._pages.get(key)
        if found is None:
            text = self._write(template, {**state, **stand_ins(who, own)})
            found = _Page(text, _moments_in([text]))
            self._keep(self._pages, key, found, MOST)
        return found

    def _personal(self, page: _Page, state: Mapping[str, Any], who: Visitor, own: Own) -> _Written:
        key = tuple(own.values())
        found = page.parts.get(key)
        if found is None:
            names = {**state, **stand_ins(who, ()), **own}
            texts = {
                name: self._write(template, names)
                for name in dict.fromkeys(page.text.gaps)
                if (template := part_in(name))
            }
            found = _Written(texts, _moments_in(texts.values()))
            self._keep(page.parts, key, found, MOST_PARTS)
        return found

    def _passing(self, page: _Page, personal: _Written) -> Mapping[str, str]:
        """What differs from one moment to the next, by its gaps."""
        now_ms = self._parts.clock()
        moments = {**page.moments, **personal.moments}
        left = {name: time_left(at - now_ms) for name, at in moments.items()}
        return {BANNER: str(maintenance_banner()), **left}

    def _write(self, template: str, names: Mapping[str, Any]) -> OpenText:
        # A template that asks the database would show what was true when it was written.
        with self._parts.store.closed():
            return open_text(render_template(template, **names, **{OPEN: True}))

    def _keep(self, kept: dict[Hashable, Any], key: Hashable, found: Any, most: int) -> None:
        with self._lock:
            kept[key] = found
            while len(kept) > most:
                del kept[next(iter(kept))]


def _key(template: str, asked: Asked, who: Visitor, state: Mapping[str, Any]) -> Hashable:
    return (template, asked, who.customer is None, *state.values())


def _asked() -> Asked:
    return Asked(request.full_path, language(), style(), viewer_zone(), zone_is_chosen())


def _moments_in(texts: Iterable[OpenText]) -> dict[str, int]:
    return {name: at for text in texts for name in text.gaps if (at := moment_in(name)) is not None}


def _readers(who: Visitor) -> dict[str, str]:
    if who.customer is None:
        return {}
    return {NAME: str(escape(who.customer.name)), TOKEN: _token()}


def _token() -> str:
    """The token of forms, signed once for each session: it holds for as long as that."""
    known = session.get(_SESSIONS_TOKEN)
    return _signed(known) if known else str(generate_csrf())


@lru_cache(maxsize=10_000)
def _signed(_known: str) -> str:
    return str(generate_csrf())


def _tag(
    who: Visitor, forms: str | None, page: _Page, personal: _Written, passing: Mapping[str, str]
) -> str:
    """What tells whether a browser's copy is still true; `forms` is the session's token of forms.
    The time at which it was made is no part of it: scripts learn that from a header."""
    digest = blake2b(page.text.digest, digest_size=16)
    for text in personal.texts.values():
        digest.update(text.digest)
    me = who.customer
    own = (me.id, me.name, forms) if me else ()
    digest.update(repr((own, *passing.values())).encode())
    return digest.hexdigest()


def _for_viewer(response: Response, tag: str) -> Response:
    # Kept by the browser, asked about each time, and gone when its session ends: see sign-out.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag, weak=True)
    return vary_by_viewer(response)


def _is_ones_own(who: Visitor) -> bool:
    """Whether something is said to this visitor that is said to no other, or that changes without
    them."""
    me = who.customer
    known = me is None or (me.verified and not me.moderator)
    asked = who.terms_to_accept is not None
    return asked or who.expired or not known or "_flashes" in session
