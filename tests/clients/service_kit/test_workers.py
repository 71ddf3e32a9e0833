"""Worker processes: loops that survive their failures, a health page."""

import threading

import pytest
import requests
from service_kit.health import serve_health
from service_kit.worker import Loops

from tests.sockets import free_port
from tests.waiting import wait_for


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


def test_a_loop_that_fails_round_by_round_is_not_ready_until_a_round_succeeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service_kit.worker._AFTER_A_FAILURE_S", 0.01)
    monkeypatch.setattr("service_kit.worker._FAILS_AFTER_S", 0.1)
    is_away = threading.Event()
    is_away.set()

    def body() -> float:
        if is_away.is_set():
            raise OSError("away")
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
