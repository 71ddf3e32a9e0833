"""The processes of a run: started, read, started again when they end, and ended with the run."""

import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import IO

from service_kit.backoff import backoff_s
from service_kit.run.logs import Logs

_LOOK_EVERY_S = 0.2
_TO_END_S = 5.0
_LONGEST_PAUSE_S = 30.0
_STEADY_AFTER_S = 60.0
_NOT_STARTED = 126  # as a shell says it
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


class Supervisor:
    """Runs each command in a session of its own, so that no signal of the terminal reaches it.

    | a process ends                        | then                                             |
    |---------------------------------------|--------------------------------------------------|
    | before `keep` was called              | all are ended; `ended_first` is its name         |
    | afterwards, by itself or killed       | it is started again after 0.5 to 1 s, twice as   |
    |                                       | long each time, 30 s at most; who stayed for     |
    |                                       | 60 s begins at the first pause                   |
    | after `end` was called                | nothing; who takes over 5 s is killed            |

    One that can't be started, for want of memory or descriptors, has ended at once.

    What is left of a process's session when it ends is told to end too. When this process is
    killed the kernel ends all (on Linux). `say` is told of each end and start.
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        settings: Mapping[str, str],
        logs: Logs,
        say: Callable[[str], None],
    ) -> None:
        self._running = {name: _Process(command, settings) for name, command in commands.items()}
        self._logs = logs
        self._say = say
        self._is_kept = False
        self._ending_since_s: float | None = None
        self._outputs = selectors.DefaultSelector()
        self.ended_first: str | None = None
        self.status = 0

    @property
    def is_ending(self) -> bool:
        """Whether all are being ended."""
        return self._ending_since_s is not None

    def keep(self) -> None:
        """From now on start again what ends."""
        self._is_kept = True

    def end(self) -> None:
        """End all processes; `loop` returns once they have."""
        if self._ending_since_s is None:
            self._ending_since_s = time.monotonic()
            for process in self._running.values():
                process.signal(signal.SIGTERM)

    def loop(self) -> None:
        """Start all, and stay until they have ended. To be called by the main thread: the kernel
        ends a process with the thread that has started it."""
        for name in self._running:
            if not self.is_ending:
                self._start(name)
        while self._has_work():
            for key, _ in self._outputs.select(_LOOK_EVERY_S):
                self._read(*key.data)
            self._look()
        self._outputs.close()

    def _has_work(self) -> bool:
        is_alive = any(process.is_alive for process in self._running.values())
        return is_alive or bool(self._outputs.get_map()) or not self.is_ending

    def _start(self, name: str) -> None:
        try:
            output = self._running[name].start()
        except (OSError, subprocess.SubprocessError) as error:  # no memory, no descriptor
            self._logs.write(name, f"it can't be started: {error}\n".encode())
            self._ended(name, _NOT_STARTED)
            return
        self._outputs.register(output, selectors.EVENT_READ, (name, output))

    def _read(self, name: str, output: IO[bytes]) -> None:
        data = os.read(output.fileno(), 64 * 1024)
        if data:
            self._logs.write(name, data)
        else:
            self._outputs.unregister(output)
            output.close()

    def _look(self) -> None:
        for name, process in self._running.items():
            if (how := process.ended()) is not None:
                self._ended(name, how)
            elif process.is_due and not self.is_ending:
                self._say(f"{name} starts again")
                self._start(name)
        began_s = self._ending_since_s
        if began_s is not None and time.monotonic() - began_s > _TO_END_S:
            for process in self._running.values():
                process.signal(signal.SIGKILL)

    def _ended(self, name: str, how: int) -> None:
        if self.is_ending:
            return
        if self._is_kept:
            pause_s = self._running[name].pause()
            self._say(f"{name} ended ({_in_words(how)}), it starts again in {pause_s:.0f} s")
        else:
            self.ended_first, self.status = name, how
            self.end()


class _Process:
    """One command: as a process, or waiting to be one."""

    def __init__(self, command: str, settings: Mapping[str, str]) -> None:
        self._command = f"exec {command}"  # it gets our signals, not a shell around it
        self._settings = settings
        self._popen: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._failures = 0
        self._started_s = 0.0
        self._due_s: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._popen is not None

    @property
    def is_due(self) -> bool:
        """Whether it is to be started again now."""
        return self._due_s is not None and time.monotonic() >= self._due_s

    def start(self) -> IO[bytes]:
        """Start it; returns what it says."""
        self._due_s, self._started_s = None, time.monotonic()
        self._popen = subprocess.Popen(  # noqa: S602 - a Procfile holds shell commands
            self._command,
            shell=True,
            env=self._settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(_end_with, os.getpid()),  # noqa: PLW1509 - two system calls, no lock
        )
        self._pid = self._popen.pid
        assert self._popen.stdout is not None
        return self._popen.stdout

    def ended(self) -> int | None:
        """How it ended, as subprocess tells it, once; None as long as it hasn't. What is left of
        its session is told to end."""
        how = None if self._popen is None else self._popen.poll()
        if how is not None:
            self.signal(signal.SIGTERM)
            self._popen, self._pid = None, 0
        return how

    def pause(self) -> float:
        """Wait before it is started again; returns for how long, in seconds."""
        now_s = time.monotonic()
        has_stayed = now_s - self._started_s >= _STEADY_AFTER_S
        self._failures = 1 if has_stayed else self._failures + 1
        pause_s = backoff_s(self._failures, longest_s=_LONGEST_PAUSE_S)
        self._due_s = now_s + pause_s
        return pause_s

    def signal(self, number: int) -> None:
        """Send it, and all of its session that are left."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, number)


def _end_with(parent_pid: int) -> None:
    """Have the kernel end this process when its parent ends; only Linux's can."""
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_pid:  # it was quicker
        os.kill(os.getpid(), signal.SIGTERM)


def _in_words(how: int) -> str:
    return f"status {how}" if how >= 0 else f"killed by {signal.Signals(-how).name}"
