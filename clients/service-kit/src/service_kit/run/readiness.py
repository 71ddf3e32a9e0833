"""Waiting until every process answers /readyz."""

import time
from collections.abc import Callable, Iterable, Mapping

from service_kit.errors import HttpFailure
from service_kit.http import HttpClient
from service_kit.run.ports import LOOPBACK

_ASK_EVERY_S = 0.1
_REACHED_AT = {"0.0.0.0": LOOPBACK, "[::]": "[::1]"}  # noqa: S104 - to compare with


def not_ready(ports: Mapping[str, int], listen_host: str = LOOPBACK) -> dict[str, str]:
    """What each process that isn't ready says, by name. Workers answer on loopback, web processes
    at `listen_host`."""
    hosts = dict.fromkeys((LOOPBACK, _REACHED_AT.get(listen_host, listen_host)))
    words = {name: _word(hosts, port) for name, port in ports.items()}
    return {name: word for name, word in words.items() if word}


def wait_until_ready(
    ports: Mapping[str, int],
    *,
    seconds: float,
    give_up: Callable[[], bool],
    listen_host: str = LOOPBACK,
) -> dict[str, str]:
    """Ask until all are ready: returns an empty dict, or who wasn't by then and what they said."""
    deadline = time.monotonic() + seconds
    waiting = not_ready(ports, listen_host)
    while waiting and time.monotonic() < deadline and not give_up():
        time.sleep(_ASK_EVERY_S)
        waiting = not_ready({name: ports[name] for name in waiting}, listen_host)
    return waiting


def _word(hosts: Iterable[str], port: int) -> str:
    word = ""
    for host in hosts:
        if not (word := _said(f"http://{host}:{port}")):
            break
    return word


def _said(origin: str) -> str:
    with HttpClient({origin: None}, connect_s=0.5, read_s=2, total_s=3) as client:
        try:
            client.get(f"{origin}/readyz")
        except HttpFailure as error:
            return str(error)
    return ""
