"""The app on a real port with something on every page, to be looked at by a browser."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service_kit.schema import migrate
from sqlalchemy import delete

from auction_app.accounts.repository import customers
from auction_app.bidding.repository import outages
from auction_app.db.tables import attempts
from tests.auction_app.browser.every_page import Stop, stops
from tests.auction_app.browser.seed import PEOPLE, play
from tests.auction_app.browser.serving import Server, build_world
from tests.auction_app.conftest import World, email_of
from tests.sockets import free_port


@dataclass(frozen=True)
class SeededApp:
    """Where the app is, how to be somebody there, and all its pages."""

    url: str
    cookies: dict[str, str]
    stops: tuple[Stop, ...]
    speak: Callable[[str], None]
    """Let every account read this language."""
    lose_bids: Callable[[bool], None]
    """Let bids_service fall silent, or answer again."""
    forgive: Callable[[], None]
    """Forget what was done so often that it is refused for a while."""


@contextmanager
def open_seeded_app(folder: Path) -> Iterator[SeededApp]:
    """Serve the app with people, items, bids, questions, orders and reports."""
    port = free_port()
    migrate("auction_app", f"sqlite:///{folder}/auctions.sqlite")
    world = build_world(folder, f"http://127.0.0.1:{port}", "http://live.test")
    world.clock.now_ms = world.bids.placed_from_ms = round(time.time() * 1000)
    server = Server(world.app, port)
    try:
        played = play(world)
        server.start()
        yield SeededApp(
            world.parts.config.public_url,
            played.cookies,
            stops(played),
            lambda language: _speak(world, language),
            lambda lost: _lose_bids(world, lost),
            lambda: _forgive(world),
        )
    finally:
        server.stop()
        world.parts.close()


def _speak(world: World, language: str) -> None:
    with world.parts.begin() as act:
        for name in PEOPLE:
            found = customers.by_email(act.conn, email_of(name))
            assert found
            customers.edit(act.conn, found[0].id, name=name, locale=language, time_zone=None)


def _lose_bids(world: World, lost: bool) -> None:
    world.bids.down = lost
    with world.parts.begin() as act:
        if lost:
            outages.begin(act.conn, outages.BIDS, now_ms=world.clock())
        else:
            outages.end(act.conn, outages.BIDS)


def _forgive(world: World) -> None:
    with world.parts.begin() as act:
        act.conn.execute(delete(attempts))
