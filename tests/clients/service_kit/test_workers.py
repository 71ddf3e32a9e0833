"""Worker processes: loops that survive their failures, a health page."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from service_kit.errors import ConfigError, StoreUnavailable
from service_kit.health import Readiness, serve_health
from service_kit.run.ports import is_free
from service_kit.worker import Loops, WebProcess, made_or_waiting
from werkzeug.test import Client

from tests.sockets import free_port
from tests.waiting import PATIENCE_S, wait_for

STUCK = """
import threading
from service_kit import worker
from service_kit.logs import configure_logs

def stuck() -> float:
    print("stuck", flush=True)
    threading.Event().wait()
    return 0.0

worker._GRACE_S = 0.2
configure_logs("stuck")
worker.run_loops({"well": lambda: 1.0, "stuck": stuck})
"""

ROOT = Path(__file__).parents[3]


def test_a_loop_goes_on_after_an_exception() -> None:
    rounds: list[int] = []

    def body() -> float:
        rounds.append(1)
        if len(rounds) == 1:
            raise OSError("once")
        return 0.01

    loops = Loops({"body": body})
    loops.start()
    wait_for(lambda: len(rounds) > 2)
    loops.all_alive()
    loops.stop()
    with pytest.raises(RuntimeError):
        loops.all_alive()


@pytest.mark.parametrize("error", [OSError("away"), StoreUnavailable("away")])
def test_a_loop_that_fails_round_by_round_is_not_ready_until_a_round_succeeds(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("service_kit.worker._AFTER_A_FAILURE_S", 0.01)
    monkeypatch.setattr("service_kit.worker._FAILS_AFTER_S", 0.1)
    is_away = threading.Event()
    is_away.set()

    def body() -> float:
        if is_away.is_set():
            raise error
        return 0.01

    def complaint() -> str:
        try:
            loops.all_alive()
        except RuntimeError as error:
            return str(error)
        return ""

    loops = Loops({"body": body})
    loops.start()
    try:
        wait_for(lambda: complaint() == "failing: ['body']")
        is_away.clear()
        wait_for(lambda: complaint() == "")
    finally:
        loops.stop()


def test_a_loop_is_ready_until_it_has_failed_for_three_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s, rounds = [100.0], []
    monkeypatch.setattr("service_kit.worker.time", SimpleNamespace(monotonic=lambda: now_s[0]))
    monkeypatch.setattr("service_kit.worker._AFTER_A_FAILURE_S", 0.01)

    def body() -> float:
        rounds.append(1)
        raise OSError("away")

    loops = Loops({"body": body})
    loops.start()
    try:
        wait_for(lambda: len(rounds) > 1)
        now_s[0] = 102.9
        loops.all_alive()
        now_s[0] = 103.0
        with pytest.raises(RuntimeError, match="failing"):
            loops.all_alive()
    finally:
        loops.stop()


def test_loops_that_have_not_begun_are_not_ready() -> None:
    with pytest.raises(RuntimeError, match="body"):
        Loops({"body": lambda: 0.01}).all_alive()


def test_loops_that_do_not_end_in_time_are_named_when_that_is_over_for_all_of_them() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def stuck() -> float:
        begun.release()
        assert go_on.wait(60)
        return 0.0

    loops = Loops({"one": stuck, "well": lambda: 0.01, "other": stuck})
    loops.start()
    for _ in range(2):
        assert begun.acquire(timeout=60)
    asked_s = time.monotonic()
    assert loops.stop(0.1) == ["one", "other"]
    assert time.monotonic() - asked_s >= 0.1
    go_on.set()
    assert loops.stop(60) == []


def test_a_worker_answers_probes() -> None:
    broken = threading.Event()

    def check() -> None:
        if broken.is_set():
            raise OSError("secret detail")

    port = free_port()
    server = serve_health(port, {"loops": check})
    url = f"http://127.0.0.1:{port}"
    assert requests.get(f"{url}/healthz", timeout=5).status_code == 200
    assert requests.get(f"{url}/readyz", timeout=5).status_code == 200
    broken.set()
    answer = requests.get(f"{url}/readyz", timeout=5)
    assert (answer.status_code, answer.json()) == (503, {"loops": "not ready (OSError)"})
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_worker_told_to_stop_leaves_a_round_behind_that_does_not_end(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", STUCK], stdout=written, stderr=subprocess.STDOUT
        )
    try:
        wait_for(lambda: "worker started" in output.read_text(), what="it runs")
        process.terminate()
        assert process.wait(PATIENCE_S) == 0, output.read_text()
    finally:
        process.kill()
        process.wait()
    last = output.read_text().splitlines()[-1]
    assert "worker stopped in the middle" in last
    assert "stuck" in last
    assert "well" not in last


# A round goes on until the test lets it end.
WORKER = """
import sys
from pathlib import Path
from service_kit.worker import run_loops
from tests.waiting import wait_for

port, folder = int(sys.argv[1]), Path(sys.argv[2])

def body():
    (folder / "begun").touch()
    wait_for(lambda: (folder / "go").exists())
    print("the round has ended", flush=True)
    return 60.0

def check():
    if not (folder / "well").exists():
        raise OSError("not well")

run_loops({"body": body}, health_port=port, checks={"store": check})
print("the worker has ended", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_answers_for_itself_until_it_is_stopped_and_ends_its_rounds(
    tmp_path: Path, number: int
) -> None:
    port = free_port()
    command = [sys.executable, "-c", WORKER, str(port), str(tmp_path)]

    def answer(path: str) -> tuple[int, str]:
        got = requests.get(f"http://127.0.0.1:{port}{path}", timeout=5)
        return got.status_code, got.text

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        try:
            wait_for(lambda: (tmp_path / "begun").exists() and not is_free(port))
            assert (tmp_path / "begun").stat().st_mode & 0o077 == 0
            assert answer("/healthz")[0] == 200
            assert "process_cpu_seconds_total" in answer("/metrics")[1]
            assert answer("/readyz")[0] == 503
            (tmp_path / "well").touch()
            assert answer("/readyz")[0] == 200
            worker.send_signal(number)
            (tmp_path / "go").touch()
            assert worker.wait(20) == 0
        finally:
            worker.kill()
        assert worker.stdout is not None
        said = [line for line in worker.stdout.read().splitlines() if line.startswith("the ")]
    assert said == ["the round has ended", "the worker has ended"]


def test_a_check_that_hangs_is_not_ready_soon_and_is_begun_once(monkeypatch: Any) -> None:
    monkeypatch.setattr("service_kit.health.ANSWER_S", 0.05)
    goes_on, begun = threading.Event(), []

    def hangs() -> str:
        begun.append(1)
        goes_on.wait(PATIENCE_S)
        return "slow"

    readiness = Readiness({"store": hangs, "loops": lambda: None})
    for _ in range(3):
        assert readiness() == (503, {"store": "not ready (no answer)", "loops": "ok"})
    assert len(begun) == 1
    goes_on.set()
    wait_for(lambda: readiness()[0] == 200)
    assert readiness() == (200, {"store": "ok, but slow", "loops": "ok"})
    assert len(begun) > 1


def test_who_is_not_ready_says_when_to_ask_again() -> None:
    server = serve_health(port := free_port(), {"loops": lambda: 1 / 0})
    answer = requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    server.shutdown()
    server.server_close()


def hello(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"hello"]


def test_a_web_process_whose_store_is_away_lives_and_begins_once_it_is_there() -> None:
    there, worked = threading.Event(), threading.Event()

    def work() -> float:
        worked.set()
        return 1.0

    loops = Loops({"work": work})

    def make() -> WebProcess:
        if not there.is_set():
            raise StoreUnavailable("away")
        return WebProcess(hello, loops)

    process = made_or_waiting(make)
    client = Client(process)
    process.start()
    try:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/events"):
            assert client.get(path).status_code == 503
        assert not worked.is_set()
        there.set()
        assert worked.wait(PATIENCE_S)
        wait_for(lambda: client.get("/events").data == b"hello")
    finally:
        process.stop()
    with pytest.raises(RuntimeError, match="not running"):  # what it has begun ends with it
        loops.all_alive()


def test_what_else_keeps_a_web_process_from_beginning_is_said() -> None:
    def make() -> WebProcess:
        raise ConfigError(["X: is not set"])

    with pytest.raises(ConfigError):
        made_or_waiting(make)
