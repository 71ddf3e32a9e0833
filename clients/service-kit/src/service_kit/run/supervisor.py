"""The processes of a run: started, read, started again when they end, and ended with the run."""

import os
import selectors
import signal
import threading
import time
from collections.abc import Callable, Mapping

from service_kit.run.logs import Logs
from service_kit.run.process import Process

_LOOK_EVERY_S = 0.2
_TO_END_S = 5.0
_NOT_STARTED = 126  # as a shell says it


class Supervisor:
    """Runs each process in a session of its own, so that no signal of the terminal reaches it.

    | a process ends                        | then                                             |
    |---------------------------------------|--------------------------------------------------|
    | while `starting` goes on              | all are ended; `ended_first` is its name         |
    | afterwards, by itself or killed       | it is started again after 0.5 to 1 s, twice as   |
    |                                       | long each time, 30 s at most; who stayed for     |
    |                                       | 60 s begins at the first pause                   |
    | after `end` was called                | nothing; who takes over 5 s is killed            |

    One that can't be started, for want of memory or descriptors, has ended at once.

    What is left of a process's session when it ends is told to end too. When this process is
    killed the kernel ends all (on Linux). `say` is told of each end and start.
    """

    def __init__(
        self, processes: Mapping[str, Process], logs: Logs, say: Callable[[str], None]
    ) -> None:
        self._running = processes
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

    def end(self) -> None:
        """End all processes; `loop` returns once they have."""
        if self._ending_since_s is None:
            self._ending_since_s = time.monotonic()
            for process in self._running.values():
                process.signal(signal.SIGTERM)

    def loop(self, starting: threading.Thread) -> None:
        """Start all, then the thread `starting`, and stay until they have ended. To be called by
        the main thread: the kernel ends a process with the thread that has started it. Nothing is
        forked while there is another thread."""
        for name in self._running:
            if not self.is_ending:
                self._start(name)
        starting.start()
        while self._has_work():
            for key, _ in self._outputs.select(_LOOK_EVERY_S):
                self._read(*key.data)
            self._is_kept = not starting.is_alive()
            self._look()
        self._outputs.close()
        starting.join()

    def _has_work(self) -> bool:
        is_alive = any(process.is_alive for process in self._running.values())
        return is_alive or bool(self._outputs.get_map()) or not self.is_ending

    def _start(self, name: str) -> None:
        try:
            output = self._running[name].start()
        except OSError as error:  # no memory, no descriptor
            self._logs.write(name, f"it can't be started: {error}\n".encode())
            self._ended(name, _NOT_STARTED)
            return
        self._outputs.register(output, selectors.EVENT_READ, (name, output))

    def _read(self, name: str, output: int) -> None:
        data = os.read(output, 64 * 1024)
        if data:
            self._logs.write(name, data)
        else:
            self._outputs.unregister(output)
            os.close(output)

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


def _in_words(how: int) -> str:
    return f"status {how}" if how >= 0 else f"killed by {signal.Signals(-how).name}"
