"""A site on a real socket that answers as each test says, and counts what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from bus_drain.fetch import EntityClient
from werkzeug import Request, Response
from werkzeug.serving import make_server

Page = Callable[[Request], Response]


def hal(document: Any, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(document), headers=named, mimetype="application/hal+json")


def _nothing(_request: Request) -> Response:
    return Response(status=404)


@dataclass
class Site:
    """Pages by path."""

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request)
        page = self.pages.get(request.path, _nothing)
        return page(request)(environ, start_response)

    def shows(self, path: str, document: Any, **headers: str) -> str:
        """Answer `path` with this; returns its URL."""
        self.pages[path] = lambda _request: hal(document, **headers)
        return self.url + path


@contextmanager
def serving(site: Site, **options: Any) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, site, threaded=True, **options)
    scheme = "https" if "ssl_context" in options else "http"
    site.url = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


@dataclass
class Pauses:
    """Waits for nothing, and remembers how long it should have."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def make_client(site: Site, pauses: Pauses) -> Iterator[Callable[..., EntityClient]]:
    made: list[EntityClient] = []

    def make(token: str | None = "t", **settings: Any) -> EntityClient:
        made.append(EntityClient({site.url: token}, **({"pause": pauses} | settings)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., EntityClient]) -> EntityClient:
    return make_client()
