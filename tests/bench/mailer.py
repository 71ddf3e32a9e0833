"""How fast the mailer sends, beside a bare smtplib loop; and what its backlog costs its drain."""

import multiprocessing
import os
import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from mailer_service.letters.compose_mail import compose_mail
from mailer_service.worker import NICENESS
from tests.bench.deliveries import DELIVERIES_LUA, write_deliveries
from tests.bench.load import load
from tests.bench.mailer_rows import SENDER, fill, letter, rate_of_sending, settings
from tests.bench.measuring import TURN_S, Turns, measures
from tests.bench.processes import process
from tests.bench.rows import Bar, Pair
from tests.sockets import free_port

_MAILS = 1_500
_BACKLOG = 10_000
_BATCHES, _EVENTS = 2_000, 20


@measures(Bar("mailer: composed, sent and recorded, beside a bare smtplib loop", "mails/s", 0.5))
def sending() -> Turns:
    """Mails that are ready, through the ledger, in the two sessions that the mailer comes with;
    beside the same bytes in the one session of a loop."""
    with _sink() as port:
        while True:
            bare = _as_nice_as_jobs(_bare_loop, port)
            yield (Pair(_mailer(port), bare),)


@measures(
    *(
        Bar(f"mailer: events into the drain while {_BACKLOG} mails {what}", "events/s", 0.8)
        for what in ("wait", "are being sent")
    )
)
def drain_with_a_backlog() -> Turns:
    """Deliveries that the drain takes while 10 000 mails wait for a server that is away, and while
    they are being sent, beside none waiting. Jobs run in all three."""
    with _sink() as port:
        while True:
            without, waiting, leaving = (
                _drain(smtp_port, mails) * _EVENTS
                for smtp_port, mails in (
                    (free_port(), 0),
                    (free_port(), _BACKLOG),
                    (port, _BACKLOG),
                )
            )
            yield Pair(waiting, without), Pair(leaving, without)


MEASUREMENTS = [sending, drain_with_a_backlog]


def _as_nice_as_jobs(measure: Callable[[int], float], port: int) -> float:
    """In a process that gives way as the mailer's jobs do."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, initializer=os.nice, initargs=(NICENESS,)) as pool:
        return pool.submit(measure, port).result()


def _bare_loop(port: int) -> float:
    """Mails a second of smtplib alone, in one session, composed beforehand."""
    envelopes = [
        compose_mail(letter(number), key=str(number), sender=SENDER, written_at_ms=0)
        for number in range(_MAILS)
    ]
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench", timeout=20) as smtp:
        smtp.ehlo()
        began = time.monotonic()
        for one in envelopes:
            smtp.sendmail(one.sender, [one.recipient], one.content)
        return _MAILS / (time.monotonic() - began)


def _mailer(port: int) -> float:
    """Mails a second of the jobs process."""
    with tempfile.TemporaryDirectory() as folder, _jobs(Path(folder), port, _MAILS) as url:
        return rate_of_sending(url, _MAILS)


def _drain(smtp_port: int, waiting: int) -> float:
    """Deliveries a second that the web process takes."""
    port = free_port()
    command = ["gunicorn", "-c", "mailer_service/gunicorn.conf.py", "--log-level", "warning"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_deliveries(folder / "deliveries", batches=_BATCHES, events=_EVENTS)
        with (
            _jobs(folder, smtp_port, waiting) as url,
            process(
                [*command, "-b", f"127.0.0.1:{port}", "mailer_service.app:create_app()"],
                port=port,
                environment=settings(url, smtp_port),
            ),
        ):
            result = load(
                f"http://127.0.0.1:{port}/events",
                method="POST",
                bodies=folder / "deliveries",
                connections=16,
                seconds=TURN_S,
                script=DELIVERIES_LUA,
            )
    assert result.refused == 0, "a delivery was refused"
    assert result.requests <= _BATCHES, "make more deliveries"
    return result.rate


@contextmanager
def _jobs(folder: Path, smtp_port: int, mails: int) -> Iterator[str]:
    """The jobs process over a fresh database with so many mails ready; yields its URL."""
    url = f"sqlite:///{folder}/mailer.sqlite3"
    fill(url, mails)
    port = free_port()
    environment = settings(url, smtp_port) | {"MAILER_JOBS_PORT": str(port)}
    with process(["python", "-m", "mailer_service.worker"], port=port, environment=environment):
        yield url


@contextmanager
def _sink() -> Iterator[int]:
    """An SMTP server that forgets, in a process of its own; yields its port."""
    smtp_port, port = free_port(), free_port()
    with process(["python", "-m", "tests.bench.smtp_sink", str(smtp_port), str(port)], port=port):
        yield smtp_port
