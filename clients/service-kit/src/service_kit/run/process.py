"""One command of a run: as a process, or waiting to be one."""

import os
import signal
import time
from functools import partial

from service_kit.backoff import backoff_s
from service_kit.run.forking import fork, run_shell
from service_kit.run.python_command import PythonCommand

_LONGEST_PAUSE_S = 30.0
_STEADY_AFTER_S = 60.0


class Process:
    """Runs a command line as a program of its own, or, when its words were read as Python's
    (`forks`), as a fork of this process, which has loaded most of it."""

    def __init__(self, command: str, forks: PythonCommand | None) -> None:
        self._become = partial(run_shell, command) if forks is None else forks.run
        self._pid = 0
        self._failures = 0
        self._started_s = 0.0
        self._due_s: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._pid != 0

    @property
    def is_due(self) -> bool:
        """Whether it is to be started again now."""
        return self._due_s is not None and time.monotonic() >= self._due_s

    def start(self) -> int:
        """Start it; returns a descriptor of what it says. Raises OSError."""
        self._due_s, self._started_s = None, time.monotonic()
        said, output = os.pipe()
        try:
            self._pid = fork(self._become, output)
        except OSError:
            os.close(said)
            raise
        finally:
            os.close(output)
        return said

    def ended(self) -> int | None:
        """Its status, or the number of the signal that ended it as a negative one, once; None as
        long as it runs. What is left of its session is told to end."""
        if not self._pid:
            return None
        pid, how = os.waitpid(self._pid, os.WNOHANG)
        if not pid:
            return None
        self._signal_session(signal.SIGTERM)
        self._pid = 0
        return os.waitstatus_to_exitcode(how)

    def pause(self) -> float:
        """Wait before it is started again; returns for how long, in seconds."""
        now_s = time.monotonic()
        has_stayed = now_s - self._started_s >= _STEADY_AFTER_S
        self._failures = 1 if has_stayed else self._failures + 1
        pause_s = backoff_s(self._failures, longest_s=_LONGEST_PAUSE_S)
        self._due_s = now_s + pause_s
        return pause_s

    def signal(self, number: int) -> None:
        """Send it, and all of its session."""
        if self._pid and not self._signal_session(number):
            os.kill(self._pid, number)  # it was forked just now, and has no session yet

    def _signal_session(self, number: int) -> bool:
        try:
            os.killpg(self._pid, number)
        except ProcessLookupError:
            return False
        return True
