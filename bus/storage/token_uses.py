"""When tokens were used last: right to the minute, and nobody who calls waits for it."""

import threading

from service_kit.clock import Clock
from service_kit.database import writing
from service_kit.errors import StoreUnavailable
from sqlalchemy import Engine, bindparam, update

from bus.storage.tables import tokens

EVERY_MS = 60_000
_USED = (
    update(tokens)
    .where(tokens.c.digest == bindparam("used"))
    .values(last_used_at_ms=bindparam("at_ms"))
)


class TokenUses:
    """Notes that a token was used, once a minute and process, in a thread that ends when there is
    nothing to write. What a killed process had not written yet is missing."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._noted: dict[str, int] = {}
        self._unwritten: dict[str, int] = {}
        self._writer: threading.Thread | None = None

    def note(self, digest: str) -> None:
        """Take note of a use. Never blocks for the store."""
        now_ms, before_ms = self._now_ms(), self._noted.get(digest)
        if before_ms is not None and abs(now_ms - before_ms) < EVERY_MS:
            return
        with self._lock:
            self._noted[digest] = self._unwritten[digest] = now_ms
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, daemon=True)
                self._writer.start()

    def close(self) -> None:
        """Wait until all is written."""
        writer = self._writer
        if writer is not None:
            writer.join()

    def _write(self) -> None:
        while rows := self._taken():
            try:
                with writing(self._engine) as connection:
                    connection.execute(_USED, rows)
            except StoreUnavailable:  # logged; the next use is written
                with self._lock:
                    self._noted.clear()

    def _taken(self) -> list[dict[str, object]]:
        with self._lock:
            # In order, as all processes lock them.
            rows = [{"used": one, "at_ms": at} for one, at in sorted(self._unwritten.items())]
            self._unwritten.clear()
            if not rows:
                self._writer = None
            return rows
