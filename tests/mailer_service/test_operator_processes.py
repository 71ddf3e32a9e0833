"""Mail to whoever runs the bus, from running processes: bus, pusher, mailer, an SMTP server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.bus.receiver import Receiver, Reply, receiving
from tests.bus.serving import ROOT_KEY, Served, serving
from tests.shared import Shared
from tests.sockets import free_port
from tests.waiting import wait_for

from .conftest import SECRET, UUID
from .mail_server import MailServer, text_of
from .processes import Process, answers

pytestmark = pytest.mark.slow

OPERATOR = "ops@gavel.example"
OURS = "/clients/stock/subscriptions/default"


@pytest.fixture
def bus(shared: Shared, tmp_path: Path) -> Iterator[Served]:
    database = Path(shutil.copy(shared.migrated_file("bus"), tmp_path / "bus.sqlite3"))
    settings = {"BUS_PUBLIC_URL": "http://bus.gavel.example", "BUS_TRUSTED_HOSTS": "127.0.0.1"}
    with serving(database, "bus", "pusher", **settings) as served:
        yield served


@pytest.fixture
def stock() -> Iterator[Receiver]:
    """A subscriber that fails until it is told otherwise."""
    with receiving() as receiver:
        receiver.decide = lambda _: Reply(500)
        yield receiver


class RunningMailer:
    """The mailer's two processes, killed and started again by name."""

    def __init__(self, settings: dict[str, str], port: int, log: Path) -> None:
        self._settings = settings
        self._port = port
        self._log = log
        self._running: dict[str, Process] = {}

    def start(self, *names: str) -> None:
        bind = f"127.0.0.1:{self._port}"
        gunicorn = ("gunicorn", "-c", "mailer_service/gunicorn.conf.py", "-b", bind)
        commands = {
            "web": [*gunicorn, "mailer_service.app:create_app()"],
            "jobs": ["mailer_service.worker"],
        }
        ports = {"web": str(self._port), "jobs": self._settings["MAILER_JOBS_PORT"]}
        for name in names:
            process = Process.start(commands[name], self._settings, self._log / f"{name}.log")
            self._running[name] = process
            url = f"http://127.0.0.1:{ports[name]}/readyz"
            process.wait_until(lambda url=url: answers(url), f"{name} is ready")  # type: ignore[misc]

    def kill(self, *names: str) -> None:
        for name in names or tuple(self._running):
            self._running.pop(name).kill()


@pytest.fixture
def mailer(
    bus: Served, sqlite_copy: Callable[[str], str], mail_server: MailServer, tmp_path: Path
) -> Iterator[RunningMailer]:
    asked = {"name": "mailer", "scopes": ["subscribe", "monitor:all"]}
    made = requests.post(f"{bus.url}/api_tokens", json=asked, auth=(ROOT_KEY, ""), timeout=10)
    port = free_port()
    elsewhere = f"http://127.0.0.1:{free_port()}"
    settings = {
        "MAILER_DATABASE_URL": sqlite_copy("mailer_service"),
        "MAILER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAILER_SENDER": "Gavel <mail@gavel.example>",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "MAILER_OPERATOR": OPERATOR,
        "MAILER_BUS_URL": bus.url,
        "MAILER_BUS_TOKEN": made.json()["token"],
        "MAILER_WEBHOOK_UUID": UUID,
        "MAILER_WEBHOOK_SECRET": SECRET,
        "MAILER_BIDS_URL": elsewhere,
        "MAILER_BIDS_TOKEN": "no-bids-here-at-all",
        "MAILER_AUCTIONS_URL": elsewhere,
        "MAILER_AUCTIONS_TOKEN": "no-auctions-here-at-all",
        "MAILER_JOBS_PORT": str(free_port()),
    }
    running = RunningMailer(settings, port, tmp_path)
    yield running
    running.kill()


def subscription(bus: Served, path: str) -> requests.Response:
    return requests.get(f"{bus.url}{path}", auth=(ROOT_KEY, ""), timeout=10)


def listened(bus: Served) -> bool:
    found = subscription(bus, "/clients/mailer/subscriptions/operator")
    return found.status_code == 200 and not found.json()["lag"]["events"]


def subscribe(bus: Served, stock: Receiver) -> None:
    wanted = {
        "topics": ["boxes"],
        "callback": stock.url,
        "uuid": "stock",
        "retry": {"first_ms": 100, "longest_ms": 500},
    }
    auth = (bus.token("stock"), "")
    made = requests.put(f"{bus.url}{OURS}", json=wanted, auth=auth, timeout=10)
    assert made.status_code == 201, made.text


def publish(bus: Served) -> None:
    done = requests.post(
        f"{bus.url}/topics/boxes",
        json={"type": "create", "url": "https://shop.example/boxes/1"},
        auth=(bus.token("shop"), ""),
        timeout=10,
    )
    assert done.status_code == 200, done.text


def subjects(mail_server: MailServer) -> list[str]:
    return [str(mail["Subject"]) for mail in mail_server.mails]


def test_a_subscriber_that_fails_and_recovers_is_two_mails_whoever_is_killed_meanwhile(
    bus: Served, mailer: RunningMailer, stock: Receiver, mail_server: MailServer
) -> None:
    mailer.start("web", "jobs")
    wait_for(lambda: listened(bus), what="the mailer listens to the bus")
    mailer.kill("jobs")
    subscribe(bus, stock)
    publish(bus)
    wait_for(
        lambda: subscription(bus, OURS).json()["failures"] >= 3 and listened(bus),
        what="the mailer has heard of the failure",
    )
    mailer.kill("web")
    mailer.start("web", "jobs")
    (mail,) = mail_server.wait_for(1)
    assert str(mail["Subject"]) == "Bus: stock/default is failing"
    assert str(mail["To"].addresses[0].addr_spec) == OPERATOR
    assert f"http://bus.gavel.example/console{OURS}" in text_of(mail)
    assert f"{stock.url}: HTTP 500" in text_of(mail)

    mailer.kill()
    stock.decide = lambda _: Reply(204)
    wait_for(lambda: not subscription(bus, OURS).json()["failures"], what="it is well again")
    mailer.start("web", "jobs")
    mail_server.wait_for(2)
    wait_for(lambda: listened(bus), what="the mailer has heard of everything")
    assert subjects(mail_server) == [
        "Bus: stock/default is failing",
        "Bus: stock/default is well again",
    ]


def test_one_that_is_gone_for_good_is_told_once_also_when_the_bus_tells_all_again(
    bus: Served, mailer: RunningMailer, stock: Receiver, mail_server: MailServer
) -> None:
    mailer.start("web", "jobs")
    wait_for(lambda: listened(bus), what="the mailer listens to the bus")
    stock.decide = lambda _: Reply(410)
    subscribe(bus, stock)
    publish(bus)
    (mail,) = mail_server.wait_for(1)
    assert str(mail["Subject"]) == "Bus: stock/default is disabled"
    theirs = "/clients/mailer/subscriptions/operator"
    again = requests.post(
        f"{bus.url}{theirs}/seek", json={"to": "beginning"}, auth=(ROOT_KEY, ""), timeout=10
    )
    assert again.status_code == 200, again.text
    wait_for(
        lambda: listened(bus) and subscription(bus, theirs).json()["sent"] >= 2,
        what="the mailer was told again",
    )
    stock.decide = lambda _: Reply(204)
    requests.post(f"{bus.url}{OURS}/resume", auth=(ROOT_KEY, ""), timeout=10)
    mail_server.wait_for(2)
    assert subjects(mail_server)[1:] == ["Bus: stock/default is well again"]
