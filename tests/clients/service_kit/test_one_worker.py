"""gunicorn's server as one process: nobody else's death ends it, and no thread holds it up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.procfile import ROOT
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

SETTINGS = """\
from service_kit.web_server import *
workers, threads, graceful_timeout = 1, 2, 1
def post_worker_init(worker):
    print("begun", flush=True)
def worker_exit(_server, _worker):
    print("ended", flush=True)
"""


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Says whose child it is; who asks for `/hang` waits for ever."""
    if environ["PATH_INFO"] == "/hang":
        Path(os.environ["HANGS"]).touch()
        os.read(os.pipe()[0], 1)
    start_response("200 OK", [])
    return [f"{os.getppid()}".encode()]


def command(settings: Path, port: int, *more: str) -> list[str]:
    program = [sys.executable, "-m", "service_kit.one_worker", "-c", str(settings)]
    return [*program, *more, "-b", f"127.0.0.1:{port}", f"{__name__}:app"]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "settings.py"
    file.write_text(SETTINGS)
    return file


@dataclass(frozen=True)
class Server:
    """`said` is what it has said so far; the file `hangs` is there once somebody hangs."""

    url: str
    pid: int
    said: Path
    hangs: Path


@pytest.fixture
def server(settings: Path, tmp_path: Path) -> Iterator[Server]:
    """It answers, and whoever has started it has ended since."""
    port, said, hangs = free_port(), tmp_path / "said", tmp_path / "hangs"
    starter = ["sh", "-c", '"$@" > "$SAID" 2>&1 & echo $!; read _', "sh", *command(settings, port)]
    environment = dict(os.environ) | {"HANGS": str(hangs), "SAID": str(said)}
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        starter, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdout is not None
        pid = int(shell.stdout.readline())
        wait_for(lambda: said.exists() and "begun" in said.read_text())
        assert requests.get(url, timeout=10).text == str(shell.pid)
    try:
        yield Server(url, pid, said, hangs)
    finally:
        if runs(pid):
            os.kill(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    try:
        return "one_worker" in Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return False


def test_it_is_one_process_and_outlives_who_has_started_it(server: Server) -> None:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    assert children == ""
    answers = {requests.get(server.url, timeout=10).text for _ in range(3)}
    assert len(answers) == 1  # it has another parent now, and goes on
    os.kill(server.pid, signal.SIGTERM)
    wait_for(lambda: not runs(server.pid))
    assert server.said.read_text().split("\n")[-2:] == ["ended", ""]


def test_a_thread_that_hangs_does_not_keep_it_from_ending(server: Server) -> None:
    hanging = subprocess.Popen(
        [sys.executable, "-c", f"import requests; requests.get('{server.url}/hang')"],
        stderr=subprocess.DEVNULL,
    )
    wait_for(server.hangs.exists)
    os.kill(server.pid, signal.SIGTERM)
    wait_for(lambda: not runs(server.pid))
    assert hanging.wait(10) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [(("-w", "2"), "Error: workers: this is one; start 2 by `gunicorn`"), (("-q",), "-q")],
)
def test_what_it_can_not_be_is_refused(settings: Path, more: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        command(settings, free_port(), *more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode
    assert said in done.stderr.splitlines()[-1]
