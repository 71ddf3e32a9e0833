"""How the workers of a server see how many connections each of them has."""

import os
import subprocess
import sys

from service_kit.connection_counts import ConnectionCounts


def test_a_worker_gives_way_only_to_one_that_has_clearly_fewer() -> None:
    counts = ConnectionCounts()
    assert not counts.is_ahead(9), "there is nobody else"
    counts.note(0, 9)
    counts.note(1, 8)
    assert not counts.is_ahead(9)
    counts.note(1, 2)
    assert counts.is_ahead(9)


def test_nobody_gives_way_to_a_worker_that_has_left() -> None:
    counts = ConnectionCounts()
    counts.note(0, 9)
    counts.note(1, 0)
    counts.leave(1)
    assert not counts.is_ahead(9)


def test_a_worker_sees_what_another_process_noted() -> None:
    counts = ConnectionCounts()
    counts.note(0, 9)
    child = os.fork()
    if child == 0:
        counts.note(1, 0)
        os._exit(0)
    os.waitpid(child, 0)
    assert counts.is_ahead(9)


_TWO_SERVERS = """
from types import SimpleNamespace

from service_kit import web_server

def worker():
    server = SimpleNamespace(app=SimpleNamespace(app_uri="json:app"), WORKERS={})
    web_server.when_ready(server)
    made = SimpleNamespace()
    web_server.pre_fork(server, made)
    return made

one, other = worker(), worker()
one.counts.note(one.place, 9)
other.counts.note(other.place + 1, 0)
print(one.counts.is_ahead(9))
"""


def test_a_worker_does_not_give_way_to_those_of_another_server() -> None:
    """`make run` forks all servers from one process that has loaded what they need."""
    told = subprocess.check_output([sys.executable, "-c", _TWO_SERVERS], text=True, timeout=60)
    assert told == "False\n"
