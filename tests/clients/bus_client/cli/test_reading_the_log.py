"""`bus tail` and `bus listen` on a real bus, also when they are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bus_client import BusClient
from standardwebhooks import Webhook

from tests.bus.receiver import Receiver, Reply
from tests.bus.serving import Served
from tests.clients.bus_client.cli.calling import Call, rows
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.slow

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BACKLOG = 10_000


def entity(topic: str, number: int) -> str:
    return f"https://shop.example/{topic}/{number}"


def publish(served: Served, topic: str, many: int, first: int = 0) -> None:
    with BusClient(served.url, served.token("shop")) as shop:
        for start in range(first, first + many, 1000):
            numbers = range(start, min(start + 1000, first + many))
            shop.publish(topic, [{"type": "create", "url": entity(topic, n)} for n in numbers])


@contextmanager
def listening(served: Served, receiver: Receiver, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bus_client", "listen", "--forward", receiver.url, *options]
    settings = {"BUS_URL": served.url, "BUS_TOKEN": served.token("stock"), "WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_tail_prints_what_is_wanted(served: Served, stock: Call, shop: Call) -> None:
    publish(served, "tailed", 3)
    shop("publish", "tailed", "delete", entity("tailed", 1))
    shown = stock("tail", "tailed.create", "--after", "beginning", "--for", "2", "--json")
    assert [row["url"] for row in rows(shown)] == [entity("tailed", 0), entity("tailed", 1)]
    for_people = stock("tail", "tailed.delete", "--after", "beginning", "--for", "1")
    assert entity("tailed", 1) in for_people.out


def test_a_backlog_comes_in_order_and_once_but_for_what_was_in_hand_at_the_kill(
    served: Served, receiver: Receiver
) -> None:
    publish(served, "backlog", BACKLOG)
    with listening(served, receiver, "backlog", "--after", "beginning") as process:
        wait_for(lambda: len(receiver.deliveries) >= 20)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    with listening(served, receiver, "backlog", "--after", "beginning"):
        wait_for(lambda: entity("backlog", BACKLOG - 1) in receiver.deliveries[-1].urls, seconds=60)
    wanted = [entity("backlog", n) for n in range(BACKLOG)]
    assert list(dict.fromkeys(receiver.urls)) == wanted
    assert len(receiver.urls) - BACKLOG in {0, 100}
    for delivery in receiver.deliveries[::20]:
        Webhook(SECRET).verify(delivery.body, delivery.headers)


def has_a_place(folder: Path) -> bool:
    kept = (json.loads(file.read_text()) for file in folder.glob("gavel/listen/*.json"))
    return any(place["after"] is not None for place in kept)


def test_who_was_killed_while_nothing_came_misses_nothing(
    served: Served, receiver: Receiver, tmp_path: Path
) -> None:
    with listening(served, receiver, "missed") as process:
        wait_for(lambda: has_a_place(tmp_path))  # it knows by then where the log's end was
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    publish(served, "missed", 3)
    with listening(served, receiver, "missed"):
        wait_for(lambda: len(receiver.urls) == 3)
    assert receiver.urls == [entity("missed", n) for n in range(3)]


def test_what_is_wanted_anew_says_so_to_who_drops_what_it_knows(
    served: Served, receiver: Receiver
) -> None:
    publish(served, "anew", 5)
    for options in ((), ("--anew",)):
        receiver.deliveries.clear()
        with listening(served, receiver, "anew", "--after", "beginning", *options) as process:
            wait_for(lambda: len(receiver.urls) == 5)
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)
        (one,) = receiver.deliveries
        assert one.headers["bus-replay"] == str(len(options))


def test_a_place_that_cannot_be_kept_is_one_line(
    served: Served, stock: Call, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "place").write_text('{"position": "no"}')
    said = stock("listen", "--forward", receiver.url, "--saved", str(tmp_path / "place"))
    assert (said.status, "the place can't be kept" in said.err) == (2, True)
    assert "Traceback" not in said.err


def test_only_what_was_answered_2xx_is_behind_us(
    served: Served, receiver: Receiver, tmp_path: Path
) -> None:
    publish(served, "refused", 10)
    receiver.decide = lambda _: Reply(500)
    place = ("refused", "--after", "beginning", "--saved", str(tmp_path / "place"), "--json")
    with listening(served, receiver, *place) as process:
        wait_for(lambda: len(receiver.deliveries) >= 2)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert json.loads(said.splitlines()[0])["status"] == 500
    assert "Traceback" not in said
    receiver.deliveries.clear()
    receiver.decide = lambda _: Reply()
    with listening(served, receiver, *place):
        wait_for(lambda: len(receiver.urls) == 10)
    assert receiver.urls == [entity("refused", n) for n in range(10)]


def test_a_pulled_subscription_is_moved_by_what_was_taken(
    served: Served, stock: Call, receiver: Receiver
) -> None:
    publish(served, "pulled", 250)
    made = stock("subscribe", "mine", "--topic", "pulled", "--pull", "--from", "beginning")
    assert "keeps pulled for who asks" in made.err
    assert "can't be pulled" not in made.err
    with listening(served, receiver, "--subscription", "mine"):
        wait_for(lambda: len(receiver.urls) == 250)
        wait_for(lambda: rows(stock("subscriptions", "show", "mine", "--json"))[0]["waiting"] == 0)
        assert receiver.urls == [entity("pulled", n) for n in range(250)]
        stock("subscriptions", "seek", "mine", "beginning")
        wait_for(lambda: len(receiver.urls) == 500)
    assert [one.headers["bus-replay"] for one in receiver.deliveries] == ["0"] * 3 + ["1"] * 3
    told = stock("doctor", "mine")
    assert told.status == 0, told.out
    assert "it is pulled" in told.out
    assert "none: it is pulled" in stock("subscriptions", "edit", "mine", "--max", "7").out


def test_what_is_pushed_is_not_pulled(served: Served, stock: Call, receiver: Receiver) -> None:
    where = ("--callback", receiver.url, "--uuid", "u")
    assert stock("subscribe", "main", "--topic", "pulled", *where).status == 0
    said = stock("listen", "--forward", receiver.url, "--subscription", "main")
    assert (said.status, "can't be pulled" in said.err) == (1, True)


def test_an_edit_keeps_the_user_name_as_long_as_the_callback_stays_on_its_host(
    stock: Call, receiver: Receiver
) -> None:
    where = ("--callback", receiver.url, "--uuid", "u")
    assert stock("subscribe", "main", "--topic", "pulled", *where).status == 0
    assert stock("subscriptions", "edit", "main", "--max", "7").status == 0
    assert "took the test event" in stock("subscriptions", "test", "main").out
    assert receiver.deliveries[-1].headers["authorization"] == "Basic dTp4"  # u:x
    moved = stock("subscriptions", "edit", "main", "--callback", "https://elsewhere.example/")
    assert (moved.status, "another host must not be told" in moved.err) == (1, True)
