"""Worker processes: loops that survive their failures, a notification that wakes, a health page."""

import threading
from pathlib import Path

import pytest
import requests
from service_kit.backoff import backoff_s
from service_kit.health import serve_health
from service_kit.notify import NotifyChannel
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


def test_a_notification_wakes_whoever_waits(tmp_path: Path) -> None:
    waiting, notifying = NotifyChannel(tmp_path / "channel"), NotifyChannel(tmp_path / "channel")
    waiting.listen()
    threading.Thread(target=notifying.notify).start()
    assert waiting.wait(20)
    assert not waiting.wait(0)
    waiting.close()
    notifying.close()


def test_a_notification_without_a_listener_is_lost_quietly(tmp_path: Path) -> None:
    channel = NotifyChannel(tmp_path / "channel")
    channel.notify()
    channel.close()


def test_a_new_listener_takes_the_channel_over_from_a_dead_one(tmp_path: Path) -> None:
    dead, heir, notifying = (NotifyChannel(tmp_path / "channel") for _ in range(3))
    dead.listen()
    heir.listen()
    notifying.notify()
    assert heir.wait(20)
    for channel in (dead, heir, notifying):
        channel.close()


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (9999, 600)]
)
def test_back_off_doubles_up_to_its_cap_with_jitter(failures: int, longest: float) -> None:
    assert backoff_s(failures, chance=lambda: 1.0) == longest
    assert backoff_s(failures, chance=lambda: 0.0) == longest / 2


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
