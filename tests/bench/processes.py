"""Real processes for the bench: start them, wait until they answer, stop them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from service_kit.run.readiness import not_ready

from tests.sockets import free_port
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]


@contextmanager
def process(
    command: Sequence[str], *, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this virtual environment that answers /readyz on `port`; terminated after."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(os.environ) | dict(environment or {}) | {"PATH": path},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: not not_ready({"process": port}), seconds=60, what=" ".join(command))
        yield running
    finally:
        running.terminate()
        running.wait(20)


def resident_mib(pid: int) -> float:
    """The memory that a process has in use."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


@contextmanager
def empty_view() -> Iterator[str]:
    """The yardstick: gunicorn gthread 2x8 answering an empty Flask view, at the yielded URL.

    Neither of the two takes more than 40 of the load's 64 connections: left to themselves one of
    them often takes all, and the yardstick is half as long as in the turn before.
    """
    port = free_port()
    command = ["gunicorn", "--no-control-socket", "-k", "gthread", "-w", "2", "--threads", "8"]
    command += ["--worker-connections", "40"]
    address = ["-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    with process([*command, *address, "tests.bench.empty_view:create_app()"], port=port):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def bare_asgi(database_url: str) -> Iterator[str]:
    """The yardstick: one uvicorn whose app writes one row a request, at the yielded URL."""
    port = free_port()
    command = ["uvicorn", "--factory", "tests.bench.bare_asgi:create_app", "--log-level", "error"]
    environment = {"BENCH_DATABASE": database_url}
    with process([*command, "--port", str(port)], port=port, environment=environment):
        yield f"http://127.0.0.1:{port}/"
