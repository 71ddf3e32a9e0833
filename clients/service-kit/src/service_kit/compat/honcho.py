"""honcho: which process has stopped, which its manager tells only in words to its printer; and
processes that end with their manager, which it leaves behind when it is killed.

For each command its manager forks a process that runs the command in a session of its own, so no
signal of the terminal reaches it; what that process is made of is honcho's own business.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from honcho.manager import Manager
from honcho.process import Popen, Process

_PR_SET_PDEATHSIG = 1


class BoundManager(Manager):  # type: ignore[misc]
    """Its processes end when it does, however it does."""

    def __init__(self, printer: Any) -> None:
        super().__init__(printer)
        self._process_ctor = partial(_BoundProcess, os.getpid())


class _BoundProcess(Process):  # type: ignore[misc]
    def __init__(self, manager_pid: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._manager_pid = manager_pid
        self._child_ctor = _bound_child

    def run(self, *args: Any, **kwargs: Any) -> None:
        """What the forked process does."""
        _end_with(self._manager_pid, signal.SIGKILL)
        super().run(*args, **kwargs)


def _bound_child(*args: Any, **kwargs: Any) -> Any:
    ending: Callable[[], None] = partial(_end_with, os.getpid(), signal.SIGTERM)
    return Popen(*args, preexec_fn=ending, **kwargs)


def _end_with(parent_pid: int, number: int) -> None:
    """Have the kernel send this signal when the parent ends; only Linux's can."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return
    prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent_pid:  # it was quicker
        os.kill(os.getpid(), number)


def stopped(message: Any) -> str | None:
    """The name of the process that a printer's message says has stopped, if it says so."""
    text = text_of(message)
    if message.name != "system" or " stopped (rc=" not in text:
        return None
    return text.split()[0]


def text_of(message: Any) -> str:
    """What a printer's message says."""
    return message.data if isinstance(message.data, str) else str(message.data, "utf-8", "replace")
