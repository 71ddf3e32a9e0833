"""Single keys on a terminal, which is as it was before once nobody waits for one."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator

import pytest
from bus_client.cli.listen.keys import Keys

from tests.waiting import wait_for


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Where a person types, and what the program reads."""
    person, ours = pty.openpty()
    with os.fdopen(ours, closefd=False) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person, ours
    os.close(person)
    os.close(ours)


def is_line_by_line(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ICANON)


def test_keys_that_nobody_waits_for_do_nothing(terminal: tuple[int, int]) -> None:
    with Keys() as keys:
        os.write(terminal[0], b"xy Sq\xff")
        assert keys.pressed(5, "sq") == "s"
        assert keys.pressed(5, "sq") == "q"
        assert keys.pressed(0.05, "rsq") is None


def test_keys_come_at_once_and_then_by_lines_again(terminal: tuple[int, int]) -> None:
    with Keys():
        assert not is_line_by_line(terminal[1])
    assert is_line_by_line(terminal[1])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_leaves_the_terminal_as_it_was(number: signal.Signals) -> None:
    waits = "from bus_client.cli.listen.keys import Keys\nwith Keys() as k: k.pressed(60, 'q')"
    person, theirs = pty.openpty()
    try:
        with subprocess.Popen([sys.executable, "-c", waits], stdin=theirs) as running:
            wait_for(lambda: not is_line_by_line(theirs))
            running.send_signal(number)
            assert running.wait(10) == -number
        assert is_line_by_line(theirs)
    finally:
        os.close(person)
        os.close(theirs)
