"""Calling the bus's own API in this process, as whoever is signed in.

A page shows what the API answered and nothing else, so that it can't see, say or do what a program
with the same token could not (docs/decisions/0038-a-page-is-a-document-of-the-api.md).
"""

import json
from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from service_kit.hal import MEDIA_TYPE
from service_kit.trace import current_traceparent
from werkzeug.test import create_environ, run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class ApiCall:
    """One call: `path` as the API's links have it, its `query` by names or as pairs, `body` as it
    will be JSON (None: no body)."""

    method: str
    path: str
    query: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    body: Any = None

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True)
class ApiAnswer:
    """What the API said; `document` is its body read as JSON, None without one; `retry_after` when
    to ask again, if it said so."""

    status: int
    document: Any = field(repr=False)  # it may hold a secret
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


class Api:
    """The API of this process."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def call(self, call: ApiCall, token: str) -> ApiAnswer:
        """Call it with a token."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": MEDIA_TYPE,
            "traceparent": current_traceparent(),
        }
        how = {} if call.body is None else {"json": call.body}
        environ = create_environ(
            call.path,
            method=call.method,
            query_string=urlencode(call.query),
            headers=headers,
            **how,
        )
        # In a context of its own: Flask would take a request within a request for one.
        body, status, heads = Context().run(run_wsgi_app, self._app, environ, buffered=True)
        text = b"".join(body)
        document = json.loads(text) if text else None
        return ApiAnswer(int(status.split(" ", 1)[0]), document, heads.get("Retry-After"))
