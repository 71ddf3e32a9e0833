"""The mailer as real processes: ready, killed, started again."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from mailer_service.config import Config
from mailer_service.notices.topics import TOPICS
from tests.sockets import free_port

from .conftest import SECRET, UUID, Mailer, signed_delivery
from .mail_server import GREETING, Hanging, MailServer
from .processes import Process, answers
from .services import AUCTIONS_TOKEN, BIDS_TOKEN, BUS_TOKEN, House

pytestmark = pytest.mark.slow

Start = Callable[..., Process]


@pytest.fixture
def settings(config: Config, mail_server: MailServer, house: House) -> dict[str, str]:
    return {
        "MAILER_DATABASE_URL": config.database_url,
        "MAILER_PUBLIC_URL": config.public_url,
        "MAILER_SENDER": config.sender,
        "SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
        # A server on a busy machine that answers later has taken a mail that comes again.
        "MAILER_SMTP_TIMEOUT_MS": "10000",
        "MAILER_BUS_URL": config.bus_url,
        "MAILER_BUS_TOKEN": BUS_TOKEN,
        "MAILER_WEBHOOK_UUID": UUID,
        "MAILER_WEBHOOK_SECRET": SECRET,
        "MAILER_BIDS_URL": house.bids.url,
        "MAILER_BIDS_TOKEN": BIDS_TOKEN,
        "MAILER_AUCTIONS_URL": house.auctions.url,
        "MAILER_AUCTIONS_TOKEN": AUCTIONS_TOKEN,
        "MAILER_JOBS_PORT": str(free_port()),
    }


@pytest.fixture
def started() -> Iterator[list[Process]]:
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.kill()


@pytest.fixture
def start_jobs(
    settings: dict[str, str], started: list[Process], tmp_path: Path, mailer: Mailer
) -> Start:
    def start(**changes: str) -> Process:
        process = Process.start(
            ["mailer_service.worker"], settings | changes, tmp_path / "jobs.log"
        )
        started.append(process)
        ready = f"http://127.0.0.1:{settings['MAILER_JOBS_PORT']}/readyz"
        process.wait_until(lambda: answers(ready), "the jobs are ready")
        return process

    return start


@pytest.fixture
def start_web(
    settings: dict[str, str], started: list[Process], tmp_path: Path, mailer: Mailer
) -> Callable[[int], Process]:
    def start(port: int) -> Process:
        process = Process.start(
            [
                *("gunicorn", "-c", "mailer_service/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"),
                "mailer_service.app:create_app()",
            ],
            settings,
            tmp_path / "web.log",
        )
        started.append(process)
        process.wait_until(
            lambda: answers(f"http://127.0.0.1:{port}/readyz"), "the web process is ready"
        )
        return process

    return start


def test_a_delivery_to_the_web_process_becomes_mail_in_the_jobs_process(
    start_web: Callable[[int], Process], start_jobs: Start, house: House, mail_server: MailServer
) -> None:
    port = free_port()
    start_web(port)
    start_jobs()

    post(port, "bids", house.bid(outbid="Ada"))

    mail_server.wait_for(2)


def test_what_was_answered_204_survives_kill_9(
    start_web: Callable[[int], Process],
    start_jobs: Start,
    house: House,
    mail_server: MailServer,
) -> None:
    port = free_port()
    web = start_web(port)
    post(port, "bids", house.bid(outbid="Ada"))
    web.kill()

    start_jobs()

    assert len({str(mail["Message-ID"]) for mail in mail_server.wait_for(2)}) == 2


def test_killed_between_claim_and_send_each_mail_still_comes_once(
    start_jobs: Start, house: House, mail_server: MailServer, mailer: Mailer
) -> None:
    mail_server.stop()
    hanging = Hanging(mail_server.port, GREETING)
    jobs = start_jobs(MAILER_SMTP_TIMEOUT_MS="2000")
    mailer.deliver("bids", house.bid(outbid="Ada"))
    hanging.wait_for_mail()  # whoever hands one over has claimed it
    jobs.kill()
    claimed = [row.attempts for row in mailer.ledger]
    hanging.stop()
    assert 1 in claimed

    mail_server.start()
    jobs = start_jobs()
    jobs.wait_until(lambda: all(row.sent_at_ms for row in mailer.ledger), "all are recorded")
    jobs.terminate()

    mails = mail_server.mails
    assert sorted(mail_server.recipients) == ["ada@example.org", "sally@example.org"]
    assert len({str(mail["Message-ID"]) for mail in mails}) == 2


def test_killed_while_it_fetches_it_fetches_again(
    start_jobs: Start, house: House, mail_server: MailServer, mailer: Mailer
) -> None:
    url = house.bid()
    asked, go_on = threading.Event(), threading.Event()
    answer = house.bids._answer

    def slow(request: Request) -> Response:
        asked.set()
        go_on.wait(30)
        return answer(request)

    house.bids.server.clear()
    house.bids.server.expect_request(re.compile("/.*")).respond_with_handler(slow)
    jobs = start_jobs()
    mailer.deliver("bids", url)
    assert asked.wait(30)
    jobs.kill()
    go_on.set()

    # The claim runs out by the clock that claimed it: the tables are all that is left of it.
    mailer.clock.advance(seconds=45)
    mailer.work()

    assert mail_server.recipients == ["sally@example.org"]


def test_smtp_down_then_up(
    start_jobs: Start, house: House, mail_server: MailServer, mailer: Mailer
) -> None:
    mail_server.stop()
    jobs = start_jobs()
    mailer.deliver("bids", house.bid(outbid="Ada"))
    jobs.wait_until(
        lambda: "ConnectionRefusedError" in jobs.log.read_text(),
        "the jobs have found that the server is away",
    )

    mail_server.start()

    mail_server.wait_for(2)


def test_the_jobs_subscribe_to_the_bus_with_their_secret(
    start_jobs: Start, settings: dict[str, str]
) -> None:
    with HTTPServer() as bus:
        here = {"href": bus.url_for("/mine/{name}"), "templated": True}
        links = {"subscriptions": {"href": bus.url_for("/mine")}, "subscription": here}
        bus.expect_request("/").respond_with_json({"_links": links})
        bus.expect_request(re.compile("/mine/.*"), method="PUT").respond_with_json({}, 201)
        jobs = start_jobs(MAILER_BUS_URL=bus.url_for("").rstrip("/"))

        def told() -> list[Any]:
            return [asked.get_json() for asked, _ in bus.log if asked.method == "PUT"]

        jobs.wait_until(lambda: bool(told()), "the bus was told")
        asked = told()[0]

    assert sorted(asked["topics"]) == sorted(TOPICS)
    assert asked["callback"] == f"{settings['MAILER_PUBLIC_URL']}/events"
    assert asked["uuid"] == UUID
    assert asked["secret"] == SECRET


def test_sigterm_ends_the_jobs_cleanly(start_jobs: Start) -> None:
    assert start_jobs().terminate() == 0


def test_jobs_without_tables_say_what_to_run(
    settings: dict[str, str], started: list[Process], tmp_path: Path
) -> None:
    empty = settings | {"MAILER_DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite"}
    process = Process.start(["mailer_service.worker"], empty, tmp_path / "jobs.log")
    started.append(process)

    assert process.popen.wait(30) == 2
    assert "python -m service_kit.migrate mailer_service" in process.log.read_text()


def test_no_secret_is_in_the_logs(
    start_jobs: Start, house: House, mail_server: MailServer, mailer: Mailer
) -> None:
    jobs = start_jobs()
    mailer.deliver("customers", house.unverified("Ada", "very-secret-id"))
    mailer.deliver("bids", "http://169.254.169.254/")
    mail_server.wait_for(1)
    jobs.wait_until(lambda: len(mailer.dead_letters) == 1, "the stranger's URL is refused")
    jobs.terminate()

    log = jobs.log.read_text()
    for secret in (SECRET, BIDS_TOKEN, AUCTIONS_TOKEN, BUS_TOKEN, "/verify/very-secret-id"):
        assert secret not in log


def post(port: int, topic: str, url: str) -> None:
    body = json.dumps([{"topic": topic, "type": "create", "url": url, "t": 0}])
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/events",
        data=body.encode(),
        headers=signed_delivery(body) | {"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 204
