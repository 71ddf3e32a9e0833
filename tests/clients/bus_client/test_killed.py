"""What was announced is delivered after its commit, whoever is killed between."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bus_client import Bus, connect
from bus_drain import receiver
from service_kit.database import reading, writing
from service_kit.outbox import Relay, announce
from sqlalchemy import select

from tests.clients.bus_client import shop
from tests.clients.bus_client.conftest import Connect
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MODULE = "tests.clients.bus_client.shop"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOP_FOLDER", str(tmp_path))
    return tmp_path


@pytest.fixture
def queue(queue_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SHOP_BUS", queue_url)
    return queue_url


@pytest.fixture
def sqlite_queue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_BUS", f"huey:sqlite:///{folder}/queue.sqlite3")


def notified(folder: Path) -> list[int]:
    file = folder / "notified"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def waiting() -> int:
    at = shop.engine()
    with reading(at) as connection:
        count = len(connection.execute(select(shop.outbox)).all())
    at.dispose()
    return count


def take_orders(count: int) -> None:
    subprocess.run([sys.executable, "-m", MODULE, str(count)], cwd=ROOT, check=True, timeout=60)


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bus_client", "work", f"{MODULE}:build"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.kill()


def test_a_worker_killed_with_an_event_in_hand_loses_none(queue: str, folder: Path) -> None:
    take_orders(5)
    (folder / "dies").touch()
    with worker() as first:
        assert first.wait(60) == -9
    in_hand = len(notified(folder))
    take_orders(1)
    with worker() as second:
        wait_for(lambda: len(notified(folder)) >= 6 + in_hand, what="all, those in hand again")
        assert set(notified(folder)) == set(range(1, 7))
        wait_for(lambda: waiting() == 0, what="an empty outbox")
        second.terminate()
        assert second.wait(30) == 0


def test_a_publisher_killed_before_it_looked_loses_none(sqlite_queue: None, folder: Path) -> None:
    code = (
        f"import os; from {MODULE} import build, engine, take_order\n"
        "bus = build(); bus.look = lambda: os.kill(os.getpid(), 9)\n"
        "take_order(bus, engine())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert (done.returncode, waiting()) == (-9, 1)

    with worker():
        wait_for(lambda: notified(folder) == [1], what="the order")


def test_what_was_announced_before_anybody_received_is_not_lost(folder: Path) -> None:
    at = shop.engine()
    with connect("inline:early", "t") as publisher:
        publisher.attend("outbox", Relay(at, shop.outbox, publisher.publish).publish_waiting)
        orders = [shop.take_order(publisher, at) for _ in range(3)]
        assert (notified(folder), waiting()) == ([], 3)
        with connect("inline:early", "t", receiver({"orders": shop.on_order}), name="notifier"):
            wait_for(lambda: publisher.look() or notified(folder), what="the orders")
    assert notified(folder) == orders
    at.dispose()


def test_what_failed_is_delivered_once_it_works_again(sqlite_queue: None, folder: Path) -> None:
    (folder / "fails").touch()
    take_orders(3)
    with worker():
        wait_for(lambda: waiting() == 0, what="an empty outbox")
        (folder / "fails").unlink()
        wait_for(lambda: set(notified(folder)) == {1, 2, 3}, what="the orders")


def test_nobody_hears_of_what_was_rolled_back(
    open_bus: Connect, work: Callable[[Bus], None], folder: Path
) -> None:
    bus = open_bus("notifier", receiver({"orders": shop.on_order}))
    at = shop.engine()
    bus.attend("outbox", Relay(at, shop.outbox, bus.publish).publish_waiting)
    work(bus)
    with pytest.raises(ZeroDivisionError), writing(at) as connection:
        announce(
            connection,
            shop.outbox,
            topic="orders",
            type="create",
            url="https://shop.example/orders/13",
            now_ms=1,
        )
        bus.look()  # too early: it finds nothing, and nothing is queued that stands for the order
        raise ZeroDivisionError
    order = shop.take_order(bus, at)

    wait_for(lambda: notified(folder) == [order], what="the order")
    at.dispose()


def test_one_context_that_fails_for_long_does_not_stop_what_another_gets(folder: Path) -> None:
    def breaks(_body: bytes) -> frozenset[str]:
        raise ZeroDivisionError

    at = shop.engine()
    with connect("inline:apart", "t", receiver({"orders": shop.on_order}), name="notifier") as bus:
        stock = connect("inline:apart", "t", breaks, name="stock")
        bus.attend("outbox", Relay(at, shop.outbox, bus.publish).publish_waiting)
        taken = [shop.take_order(bus, at) for _ in range(5)]

        assert notified(folder) == taken
        assert waiting() == 5
        stock.close()
        wait_for(lambda: bus.look() or waiting() == 0, what="an empty outbox")
        assert notified(folder) == taken
    at.dispose()
