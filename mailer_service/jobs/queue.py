"""The queue between the drain and the workers: huey on a SQLite file of its own."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import HueyException
from service_kit.logs import get_logger

from mailer_service.wake import Verb

log = get_logger(__name__)

Perform = Callable[[str, int], None]
"""(verb, row id): do the work."""


class Queue:
    """Jobs by verb and row id. It is only a wake-up, so nothing is synced to disk for it: the
    tables are the truth."""

    def __init__(self, path: str, perform: Perform | None = None) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.huey = SqliteHuey("mailer", filename=path, results=False, fsync=False)
        self._perform = perform
        self._job = self.huey.task(name="perform")(self._run)

    def wake(self, verb: Verb, row_ids: Iterable[int]) -> None:
        """Queue a job a row. Never fails: the sweep finds the rows whose job was lost."""
        try:
            for row_id in row_ids:
                self._job(verb, row_id)
        except (HueyException, sqlite3.Error, OSError) as error:
            log.warning("queue unavailable", why=str(error))

    def size(self) -> int:
        """How many jobs wait."""
        return int(self.huey.pending_count())

    def consumer(self, workers: int) -> Consumer:
        """Threads that perform jobs; not started yet. Polls every 50 to 500 ms."""
        return Consumer(
            self.huey,
            workers=workers,
            periodic=False,
            initial_delay=0.05,
            max_delay=0.5,
            shutdown_timeout=4,  # honcho kills after 5 s; an unfinished job's lease runs out
        )

    def _run(self, verb: str, row_id: int) -> None:
        if self._perform is None:
            raise RuntimeError("this process only wakes the workers")
        self._perform(verb, row_id)
