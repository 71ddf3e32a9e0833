"""One house that moves from stage to stage, and back: by settings alone, with one var/."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bids_client import BidsClient
from bus_client import BusClient

from tests.procfile import ROOT, surroundings
from tests.sockets import free_port
from tests.system.bidder import LAMP, Bids
from tests.system.house import House
from tests.system.mails import (
    MAIL_BY_MAIL,
    WELCOMES,
    assert_each_bid_was_told_once_though_late,
)
from tests.system.smtp import Letters, smtp_server
from tests.waiting import wait_for

UP = ("mvp", "background", "bus", "soa")
DOWN = ("bus", "background", "mvp")
BIDS_A_STAGE = 5


class Move:
    """One var/ at the same addresses in whichever stage."""

    def __init__(self, var: Path) -> None:
        self.smtp_port = free_port()
        self._var = var
        self._settings = {
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
        } | MAIL_BY_MAIL

    def house(self, stage: str) -> House:
        """The house in a stage, released; raises AssertionError when it refuses to be."""
        house = House(self._var, self._settings | {"STAGE": stage})
        self._settings["PORT_BASE"] = house.settings["PORT_BASE"]
        return house

    @contextmanager
    def running(self, stage: str) -> Iterator[House]:
        """The same, running; stopped at the end."""
        house = self.house(stage)
        try:
            house.start()
            yield house
            house.stop()
        finally:
            house.close()


def bidding_url(house: House) -> str:
    auction = f"{house.url('auctions')}/auctions/{LAMP}"
    with BidsClient(house.url("bids"), house.settings["AUCTIONS_BIDS_TOKEN"]) as bids:
        return bids.bidding_of(auction).url


def bids_at(house: House, url: str) -> int:
    with BidsClient(house.url("bids"), house.settings["AUCTIONS_BIDS_TOKEN"]) as bids:
        return len(list(bids.bids(bids.bidding(url))))


def prove(house: House, url: str) -> None:
    """What the bids service's own proof says of the database, with all maxima."""
    done = subprocess.run(
        [sys.executable, "-m", "bids_service.verify", url, "--all-maxima"],
        cwd=ROOT,
        env=surroundings(house.settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_none_came_again(later: Letters, *, after: Letters) -> None:
    told = Counter(str(mail["Message-ID"]) for mail in (*after.all(), *later.all()))
    assert set(told.values()) == {1}, told


def waiting(house: House) -> dict[str, int]:
    with BusClient(house.url("bus"), house.settings["MAILER_BUS_TOKEN"]) as bus:
        found = {one["subscriber"]: one["events"]["queued"] for one in bus.subscribers()}
        return {name: left for name, left in found.items() if not name.startswith("demo/")}


@pytest.mark.timeout(1200)
def test_moving_up_and_down_again_loses_nothing_while_smtp_is_dead(tmp_path: Path) -> None:
    move = Move(tmp_path / "var")
    with move.running("mvp") as house:
        bids = Bids(house.url("auctions"))
        bids.place(BIDS_A_STAGE)
        url = bidding_url(house)
    for stage in UP[1:-1]:
        with move.running(stage) as house:
            assert bids_at(house, url) == bids.placed
            bids.place(BIDS_A_STAGE)
    with move.running(UP[-1]) as house, smtp_server(move.smtp_port) as letters:
        assert bids_at(house, url) == bids.placed
        bids.place(BIDS_A_STAGE)
        assert_each_bid_was_told_once_though_late(letters, bids.placed, others=WELCOMES)
        told = bids.placed
        prove(house, url)
    for stage in DOWN[:-1]:
        with move.running(stage) as house:
            bids.place(1)
            assert bids_at(house, url) == bids.placed
            prove(house, url)
    with move.running(DOWN[-1]) as house, smtp_server(move.smtp_port) as later:
        bids.place(1)
        assert_each_bid_was_told_once_though_late(later, bids.placed - told, others=0)
        assert_none_came_again(later, after=letters)
        prove(house, url)


def test_moving_down_is_refused_while_a_subscriber_is_behind(tmp_path: Path) -> None:
    move = Move(tmp_path / "var")
    house = move.house("bus")
    try:
        house.start(*(house.commands.keys() - {"mailer", "live"}))
        bids = Bids(house.url("auctions"))
        bids.place(1)
        wait_for(lambda: waiting(house)["mailer"] > 0, what="the bid is on the bus")
        house.stop()
    finally:
        house.close()
    with pytest.raises(
        AssertionError, match=r"\d+ events wait for mailer's subscription 'default'"
    ):
        move.house("background")
    with move.running("bus") as house:
        drained = house
        wait_for(lambda: not any(waiting(drained).values()), what="the bus is drained")
    move.house("background")
