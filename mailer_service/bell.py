"""Wakes threads that wait for work: a hint between them and between processes, never the truth."""

import threading

from service_kit.doorbell import Doorbell


class Bell:
    """Rung by whoever leaves work in the tables, in this process or another one on this machine.

    What a ring fails to say, the workers' own looking finds: they wait POLL_S at most.
    """

    POLL_S = 0.5

    def __init__(self, database_url: str) -> None:
        self._door = Doorbell.for_database(database_url, "mailer")
        self._rung = threading.Condition()
        self._count = 0

    def ring_next_door(self) -> None:
        """Wake the workers of the jobs process. Never blocks, never fails."""
        self._door.ring()

    def ring(self) -> None:
        """Wake this process's workers."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def heard(self) -> int:
        """A number to hand to `wait`, taken before looking for work."""
        with self._rung:
            return self._count

    def wait(self, heard: int) -> None:
        """Block until somebody has rung since `heard`, or for POLL_S."""
        with self._rung:
            self._rung.wait_for(lambda: self._count != heard, self.POLL_S)

    def listen(self) -> float:
        """A body for `run_loops`: hands on what other processes ring."""
        if self._door.wait(self.POLL_S):
            self.ring()
        return 0.0
