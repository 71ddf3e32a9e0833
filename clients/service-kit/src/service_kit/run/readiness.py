"""Waiting until every process answers /readyz."""

import time
from collections.abc import Callable, Mapping

from service_kit.errors import HttpFailure
from service_kit.http import HttpClient

_ASK_EVERY_S = 0.1


def not_ready(ports: Mapping[str, int]) -> dict[str, str]:
    """What each process that isn't ready says, by name."""
    words = {name: _word(port) for name, port in ports.items()}
    return {name: word for name, word in words.items() if word}


def wait_until_ready(
    ports: Mapping[str, int], *, seconds: float, give_up: Callable[[], bool]
) -> dict[str, str]:
    """Ask until all are ready: returns an empty dict, or who wasn't by then and what they said."""
    deadline = time.monotonic() + seconds
    waiting = not_ready(ports)
    while waiting and time.monotonic() < deadline and not give_up():
        time.sleep(_ASK_EVERY_S)
        waiting = not_ready({name: ports[name] for name in waiting})
    return waiting


def _word(port: int) -> str:
    origin = f"http://127.0.0.1:{port}"
    with HttpClient({origin: None}, connect_s=0.5, read_s=2, total_s=3) as client:
        try:
            client.get(f"{origin}/readyz")
        except HttpFailure as error:
            return str(error)
    return ""
