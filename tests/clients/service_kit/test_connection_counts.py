"""How the workers of a server see how many connections each of them has."""

import os

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
