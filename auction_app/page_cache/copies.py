"""Whether a browser's copy of a page is still true, told without a web framework's price.

What an answer depends on of its request it names in `Vary`: who asks for the same with the same
there is the same reader of the same page. So what Flask found out about them is kept, and what the
database and the clock may have changed is asked anew, by what made the page. Whatever isn't
plainly the copy that this reader got last goes to the app.
docs/decisions/0083-a-copy-that-is-true-passes-the-framework-by.md
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from service_kit.errors import ServiceKitError, StoreUnavailable
from service_kit.logs import get_logger
from service_kit.metrics.histogram import Histogram
from service_kit.trace import is_recording
from werkzeug.http import remove_entity_headers

from auction_app.accounts.visitor import Visitor, whose
from auction_app.db.memory import Forgotten
from auction_app.errors import AuctionAppError
from auction_app.parts import Parts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger(__name__)

SHOWN = "auction_app.shown"
"""Where a request's environment has what was shown."""
_OUTAGE = "auction_app.outage"
MOST = 2_000
"""So many readers of pages a process knows, some 2 kB each."""
_DEPENDS_ON = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE")  # as `vary_by_viewer` names it
_STRANGE = ("HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "CONTENT_LENGTH")


class Asked(NamedTuple):
    """What a request, and the account of who made it, say of a page."""

    full_path: str
    language: str
    style: str
    zone: ZoneInfo
    zone_is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was shown to a visitor, whose session has `token`; `tag_now` is the tag that it
    has by now, as far as that is known."""

    who: Visitor
    token: str
    asked: Asked
    tag_now: Callable[[Visitor], str | None]


@dataclass(frozen=True, slots=True)
class _Copy:
    shown: Shown
    tag: str | None
    headers: list[tuple[str, str]]


class Copies:
    """Answers 304 to who has what they would get, and passes everything else on."""

    def __init__(self, app: Flask, parts: Parts, timings: Histogram) -> None:
        self._app = app
        self._rest: WSGIApplication = app.wsgi_app
        self._parts = parts
        self._timings = timings
        self._copies: dict[Hashable, _Copy] = {}
        self._lock = threading.Lock()
        app.before_request(_raise_outage)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """One request."""
        began_s = time.perf_counter()
        if environ["REQUEST_METHOD"] != "GET" or any(map(environ.get, _STRANGE)) or is_recording():
            return self._rest(environ, start_response)
        head = (
            environ.get("HTTP_HOST"),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING"),
            *map(environ.get, _DEPENDS_ON),
        )
        copy = self._copies.get(head)
        if copy and copy.tag == environ.get("HTTP_IF_NONE_MATCH") and self._is_true(copy, environ):
            self._timings.observe(time.perf_counter() - began_s, ("auctions", "GET", "3xx"))
            start_response("304 NOT MODIFIED", list(copy.headers))
            return []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if shown := environ.get(SHOWN):
                self._keep(head, shown, headers)
            return start_response(status, headers, *error)

        return self._rest(environ, start)

    def _is_true(self, copy: _Copy, environ: "WSGIEnvironment") -> bool:
        store = self._parts.store
        try:
            with self._app.app_context():
                try:
                    with store.recalling():
                        return self._tag_now(copy.shown) == copy.tag
                except Forgotten:
                    g.pop("visitor", None)
                with store.reading():
                    return self._tag_now(copy.shown) == copy.tag
        except StoreUnavailable as error:
            environ[_OUTAGE] = error
            return False
        except (AuctionAppError, ServiceKitError):
            return False  # the app says it
        except Exception:
            log.exception("copy not judged", page=copy.shown.asked.full_path)
            return False

    def _tag_now(self, shown: Shown) -> str | None:
        who = whose(self._parts, shown.token)
        if replace(who, unread=shown.who.unread) != shown.who:
            return None
        g.visitor, g.language, g.style, g.zone = (who, *shown.asked[1:4])
        return f'W/"{shown.tag_now(who)}"'

    def _keep(self, head: Hashable, shown: Shown, headers: list[tuple[str, str]]) -> None:
        named = {name.lower(): value for name, value in headers}
        if "set-cookie" in named:  # next time it comes with another
            return
        kept = list(headers)
        remove_entity_headers(kept)
        with self._lock:
            self._copies[head] = _Copy(shown, named.get("etag"), kept)
            if len(self._copies) > MOST:
                del self._copies[next(iter(self._copies))]


def _raise_outage() -> None:
    """What was waited for is not waited for again: the app says it, to nobody in particular."""
    if (error := request.environ.get(_OUTAGE)) is not None:
        g.visitor = Visitor(customer=None)
        raise error
