"""The app in a thread of the test's own process, on a real port."""

import socket
import threading
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, Response
from service_kit.access import Tokens
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from auction_app.accounts.passwords import Passwords
from auction_app.app import create_app
from auction_app.bootstrap import build
from auction_app.config import Config
from auction_app.photo_store import FolderLocation
from tests.auction_app.conftest import MAILER_TOKEN, PART_NAMES, SECRET, FakeClock, World
from tests.auction_app.fake_bids import FakeBids


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: object, **_kwargs: object) -> None:
        """Requests are not news."""


class _Connections(ThreadedWSGIServer):
    """Knows which connections are open."""

    def __init__(self, port: int, app: Flask) -> None:
        self._open: set[socket.socket] = set()
        super().__init__("127.0.0.1", port, app, _Quiet)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """Hang up on everybody."""
        for one in tuple(self._open):
            with suppress(OSError):  # it hung up by itself just now
                one.shutdown(socket.SHUT_RDWR)


class Server:
    """A WSGI app in a thread, which can go away and come back on the same port."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        self._server: _Connections | None = None

    def start(self) -> None:
        self._server = _Connections(self._port, self._app)
        # It looks that often whether it shall stop, and each test waits for two of them.
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()

    def stop(self) -> None:
        """Take no more connections, and cut those there are."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut()
        self._server = None


def build_world(folder: Path, url: str, live_url: str) -> World:
    """The app at this address, with the migrated database that the folder holds."""
    config = Config(
        database_url=f"sqlite:///{folder}/auctions.sqlite",
        public_url=url,
        secret_keys=("a secret key for tests only",),
        tokens=Tokens.parse(f"mailer:customers:read_contact:{MAILER_TOKEN}"),
        photos=FolderLocation(folder / "photos"),
        bus_url="http://bus.test",
        bus_token="token-of-the-bus-itself",
        webhook_uuid="auctions",
        webhook_secret=(SECRET,),
        bids_url="http://bids.test",
        bids_token="token-for-bids-service",
        live_url=live_url,
    )
    bids, clock = FakeBids(), FakeClock()
    bids.placed_from_ms = clock()
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    built = build(config, bids=bids, clock=clock, passwords=cheap)
    app = create_app(config, **{name: getattr(built, name) for name in PART_NAMES})
    app.testing = True
    app.after_request(_close_unsent)
    return World(app, built, bids, clock)


def _close_unsent(response: Response) -> Response:
    # Werkzeug leaves the file of an answer without a body to the garbage collector, which warns
    # where a browser has gone away meanwhile.
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()
    return response
