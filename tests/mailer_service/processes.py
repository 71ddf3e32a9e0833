"""Real processes of the mailer for tests: started, watched, killed."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.forked import Started, start
from tests.waiting import PATIENCE_S, wait_for


def answers(url: str) -> bool:
    """Whether a GET of the URL answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Process:
    """A process and all it starts, in a group of their own."""

    popen: Started
    log: Path

    @classmethod
    def start(cls, command: list[str], settings: Mapping[str, str], log: Path) -> Process:
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]} | dict(settings)
        with log.open("ab") as output:
            popen = start(["python", "-m", *command], env=environment, output=output.fileno())
        return cls(popen, log)

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Returns once the condition holds; fails at the deadline or when the process ended."""

        def holds() -> bool:
            assert self.popen.poll() is None, self.log.read_text()
            return condition()

        wait_for(holds, what=what)

    def kill(self) -> None:
        """kill -9 the whole group."""
        self.strike()
        self.popen.wait(PATIENCE_S)

    def strike(self) -> None:
        """kill -9 without a look at what comes of it; who has ended is left alone."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def terminate(self) -> int:
        """SIGTERM; returns the exit status."""
        self.popen.terminate()
        return self.popen.wait(PATIENCE_S)
