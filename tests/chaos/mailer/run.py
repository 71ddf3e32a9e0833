"""One run: deliver as the bus would, kill the mailer's processes meanwhile, count the mails."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pytest_httpserver import HTTPServer
from service_kit.database import connect, reading
from service_kit.schema import migrate
from sqlalchemy import func, select

from mailer_service.storage.tables import inbox, mails
from tests.chaos.mailer.plan import SENDER, Delivery, Plan, draw
from tests.mailer_service.conftest import SECRET, UUID, signed_delivery
from tests.mailer_service.mail_server import MailServer
from tests.mailer_service.processes import Process, answers
from tests.mailer_service.services import (
    AUCTIONS_TOKEN,
    BIDS_TOKEN,
    BUS_TOKEN,
    FakeService,
    House,
)
from tests.sockets import free_port
from tests.waiting import wait_for


@dataclass(frozen=True)
class Verdict:
    """What a run came to. `repeated` mails came once more under their Message-ID; `unanswered` ones
    too, but of those the server took one when whoever sent it was dead: nobody heard its 250."""

    deliveries: int
    expected: int
    arrived: int
    missing: int
    unexpected: int
    repeated: int
    unanswered: int
    kills_of_web: int
    kills_of_jobs: int

    @property
    def violations(self) -> list[str]:
        """What must not be."""
        found = []
        if self.missing:
            found.append(f"{self.missing} mails never came")
        if self.unexpected:
            found.append(f"{self.unexpected} mails that nobody was to get")
        if self.repeated:
            found.append(f"{self.repeated} mails came again")
        return found


def run(
    folder: Path,
    *,
    deliveries: int,
    kills: int,
    seed: int,
    kill: "Kill | None" = None,
    sessions: int = 2,
) -> Verdict:
    """Deliver, kill so many times (at random if not told how), wait until nothing is left to do,
    and count."""
    with _house() as house, _mail_server() as server, ExitStack() as stack:
        plan = draw(house, deliveries, seed)
        mailer = stack.enter_context(Mailer.started(folder, house, server, sessions))
        courier = threading.Thread(target=_deliver, args=(plan.batches, mailer.port))
        courier.start()
        killed = (kill or kill_at_random)(mailer, server, plan, kills, random.Random(seed))
        courier.join(120)
        assert not courier.is_alive(), "the deliveries did not end"
        wait_for(mailer.is_done, seconds=120, what="nothing is left to do")
        came = Counter(str(mail["Message-ID"]) for mail in server.mails)
        again = _again(server, mailer.killed_at)
    return Verdict(
        deliveries=sum(map(len, plan.batches)),
        expected=len(plan.mails),
        arrived=sum(came.values()),
        missing=len(plan.mails - set(came)),
        unexpected=len(set(came) - plan.mails),
        repeated=again[False],
        unanswered=again[True],
        kills_of_web=killed["web"],
        kills_of_jobs=killed["jobs"],
    )


class Mailer:
    """The two processes, to be killed and started again."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self._folder = folder
        self._settings = settings
        self._engine = connect(settings["MAILER_DATABASE_URL"])
        self._running: dict[str, Process] = {}
        self.killed_at: list[float] = []
        """When the jobs were killed."""

    @classmethod
    @contextmanager
    def started(
        cls, folder: Path, house: House, server: MailServer, sessions: int
    ) -> Iterator["Mailer"]:
        settings = _settings(folder, house, server) | {"MAILER_SMTP_SESSIONS": str(sessions)}
        migrate("mailer_service", settings["MAILER_DATABASE_URL"])
        mailer = cls(folder, settings)
        try:
            mailer.start("web")
            mailer.start("jobs")
            yield mailer
        finally:
            for process in mailer._running.values():
                process.kill()
            mailer._engine.dispose()

    def start(self, name: str) -> None:
        """Start a process, and wait until it is ready."""
        web = ["gunicorn", "-c", "mailer_service/gunicorn.conf.py", "-b", f"127.0.0.1:{self.port}"]
        commands = {
            "web": [*web, "mailer_service.app:create_app()"],
            "jobs": ["mailer_service.worker"],
        }
        ports = {"web": str(self.port), "jobs": self._settings["MAILER_JOBS_PORT"]}
        process = Process.start(commands[name], self._settings, self._folder / f"{name}.log")
        self._running[name] = process
        process.wait_until(lambda: answers(f"http://127.0.0.1:{ports[name]}/readyz"), name)

    def kill(self, name: str) -> None:
        """kill -9, and wait for its end."""
        if name == "jobs":
            self.killed_at.append(time.monotonic())
        self._running[name].kill()

    def strike(self, name: str) -> None:
        """kill -9, from the thread that calls, at once."""
        self._running[name].strike()
        self.killed_at.append(time.monotonic())

    def is_done(self) -> bool:
        """Whether nothing is left to look at, to write or to send."""
        with reading(self._engine) as connection:
            news = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
            undone = select(func.count()).select_from(mails).where(mails.c.step != "done")
            return news + connection.execute(undone).scalar_one() == 0


Kill = Callable[[Mailer, MailServer, Plan, int, random.Random], Counter[str]]


def kill_at_random(
    mailer: Mailer, server: MailServer, plan: Plan, kills: int, chance: random.Random
) -> Counter[str]:
    """Kill one of the two when so many mails have come, drawn beforehand, and start it again."""
    killed: Counter[str] = Counter()
    moments = sorted(chance.sample(range(1, len(plan.mails) * 9 // 10), kills))
    for number, arrived in enumerate(moments):
        server.wait_for(arrived, deadline_s=120)
        victim = "jobs" if number % 2 else "web"
        mailer.kill(victim)
        mailer.start(victim)
        killed[victim] += 1
    return killed


def kill_at_the_answer(
    mailer: Mailer, server: MailServer, _plan: Plan, kills: int, _chance: random.Random
) -> Counter[str]:
    """Kill the jobs the moment a mail's 250 is in the socket, and start them again."""
    for _ in range(kills):
        struck = threading.Event()

        def strike(struck: threading.Event = struck) -> None:
            mailer.strike("jobs")
            struck.set()

        server.after_answer = strike
        assert struck.wait(120), "no mail came"
        mailer.kill("jobs")
        mailer.start("jobs")
    return Counter(jobs=kills)


def _again(server: MailServer, killed_at: Sequence[float]) -> Counter[bool]:
    """How many mails came once more, by whether one of the copies found its sender dead."""
    copies: dict[str, list[bool]] = {}
    for mail, unheard in zip(server.mails, server.unheard(killed_at), strict=True):
        copies.setdefault(str(mail["Message-ID"]), []).append(unheard)
    return Counter(any(unheard) for unheard in copies.values() for _ in unheard[1:])


def _deliver(batches: list[list[Delivery]], port: int) -> None:
    """As the bus does: in order, each until it is taken."""
    for batch in batches:
        body = json.dumps(
            [{"topic": topic, "type": "update", "url": url, "t": 0} for topic, url in batch]
        )
        wait_for(partial(_taken, port, body), seconds=60, what="a delivery is taken")


def _taken(port: int, body: str) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/events",
        data=body.encode(),
        headers=signed_delivery(body) | {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status) == 204
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _house() -> Iterator[House]:
    with HTTPServer(threaded=True) as bids, HTTPServer(threaded=True) as auctions:
        house = House(FakeService(bids, BIDS_TOKEN), FakeService(auctions, AUCTIONS_TOKEN))
        house.auction()
        for name in ("Sally", "Bob"):
            house.customer(name)
        yield house


@contextmanager
def _mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _settings(folder: Path, house: House, server: MailServer) -> dict[str, str]:
    away = f"http://127.0.0.1:{free_port()}"
    return {
        "MAILER_DATABASE_URL": f"sqlite:///{folder}/mailer.sqlite3",
        "MAILER_PUBLIC_URL": away,
        "MAILER_SENDER": SENDER,
        "SMTP_URL": f"smtp://127.0.0.1:{server.port}",
        # Short leases, so that what a kill interrupted goes on soon.
        "MAILER_SMTP_TIMEOUT_MS": "5000",
        "MAILER_FETCH_TIMEOUT_MS": "1000",
        # Each mail by itself, so that each can be counted.
        "MAILER_PER_HOUR": "1000000",
        "MAILER_NEW_BIDS": "1000000",
        "MAILER_BUS_URL": away,
        "MAILER_BUS_TOKEN": BUS_TOKEN,
        "MAILER_WEBHOOK_UUID": UUID,
        "MAILER_WEBHOOK_SECRET": SECRET,
        "MAILER_BIDS_URL": house.bids.url,
        "MAILER_BIDS_TOKEN": BIDS_TOKEN,
        "MAILER_AUCTIONS_URL": house.auctions.url,
        "MAILER_AUCTIONS_TOKEN": AUCTIONS_TOKEN,
        "MAILER_JOBS_PORT": str(free_port()),
    }
