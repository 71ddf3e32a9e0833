"""Pages for people who are not signed in: the same for all of them, so each is written once.

The whole state of which a page is made is the key under which it is kept, so a page that is found
there is true. Only what passes with time is left open in it, and filled in at each showing.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any

from flask import Response, make_response, render_template, request, session

from auction_app.views.language import language
from auction_app.views.negotiate import vary_by_viewer
from auction_app.views.visitor import viewer_zone

MOST = 500
"""How many pages a process keeps: with the state they show, some 20 kB each."""


class StrangersPages:
    """Keeps the pages that were shown last."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(8)  # so that nothing anybody writes is taken for a gap

    def page(self, template: str, state: Mapping[str, Any], passing: Mapping[str, str]) -> Response:
        """The page for a visitor without a session. `state` is hashable; `passing` is what time
        changes, and may stand in the template only as it is."""
        gaps = {name: f"{name}-{self._mark}" for name in passing}
        html = self._written(template, {**state, **gaps})
        for name, gap in gaps.items():
            html = html.replace(gap, passing[name])
        return vary_by_viewer(make_response(html))

    def _written(self, template: str, context: dict[str, Any]) -> str:
        key = (template, language(), viewer_zone().key, request.full_path, *context.values())
        with self._lock:
            html = self._pages.get(key)
            if html is not None:
                self._pages.move_to_end(key)
                return html
        html = render_template(template, **context)
        if not session.modified:  # or something of this visitor's own is in it
            with self._lock:
                self._pages[key] = html
                while len(self._pages) > MOST:
                    self._pages.popitem(last=False)
        return html


def is_stranger() -> bool:
    """Whether the browser brought no session, nor got one just now: nothing here is its own."""
    return not session and not session.modified
