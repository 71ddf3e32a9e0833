"""Wakes threads that wait for work: a hint between them and between processes, never the truth."""

import threading

from service_kit.notify import NotifyChannel, OpenChannel


class Notifier:
    """Told by whoever leaves work in the tables, in this process or another one on this machine.

    A lost notification costs POLL_S at most: then the threads look by themselves.
    """

    POLL_S = 0.5

    def __init__(
        self, database_url: str, open_channel: OpenChannel = NotifyChannel.for_database
    ) -> None:
        self._channel = open_channel(database_url, "mailer")
        self._notified = threading.Condition()
        self._count = 0

    def notify_worker(self) -> None:
        """Wake the threads of the worker process. Never blocks, never fails."""
        self._channel.notify()

    def notify(self) -> None:
        """Wake this process's threads."""
        with self._notified:
            self._count += 1
            self._notified.notify_all()

    def heard(self) -> int:
        """A number to hand to `wait`, taken before looking for work."""
        with self._notified:
            return self._count

    def wait(self, heard: int) -> None:
        """Block until somebody has notified since `heard`, or for POLL_S."""
        with self._notified:
            self._notified.wait_for(lambda: self._count != heard, self.POLL_S)

    def listen(self) -> float:
        """A body for `run_loops`: hands on what other processes notify."""
        if self._channel.wait(self.POLL_S):
            self.notify()
        return 0.0
