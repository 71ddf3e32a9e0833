"""Events that were accepted and that somebody has not taken: kept beside huey's queue.

The queue carries only the key of a batch. A queue loses what a killed worker had in hand; this
doesn't, for a batch leaves when all have taken it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from huey.constants import EmptyData
from huey.storage import BaseStorage
from service_kit.backoff import backoff_s

from bus_client.receivers import Delivery

_PREFIX = "accepted."
FIRST_SWEPT_AFTER_MS = 30_000
"""How long a batch is left to its place in the queue before a sweep looks for it."""


@dataclass(frozen=True)
class Batch:
    """Events that were accepted in one call, as far as they were taken."""

    deliveries: tuple[Delivery, ...]
    due_at_ms: int
    failures: int = 0

    def after_failure(self, left: Sequence[Delivery], now_ms: int) -> "Batch":
        """What is left of it, due again later and later."""
        failures = self.failures + 1
        pause_ms = round(backoff_s(failures) * 1000)
        return replace(self, deliveries=tuple(left), due_at_ms=now_ms + pause_ms, failures=failures)


class Accepted:
    """The batches of one queue. Each method is one atomic act."""

    def __init__(self, storage: BaseStorage) -> None:
        self._storage = storage

    def add(self, deliveries: Sequence[Delivery], now_ms: int) -> str:
        """Keep a new batch on disk; returns its key."""
        key = f"{_PREFIX}{now_ms:013}.{uuid4().hex[:12]}"
        self.put(key, Batch(tuple(deliveries), now_ms + FIRST_SWEPT_AFTER_MS))
        return key

    def put(self, key: str, batch: Batch) -> None:
        """Keep what is left of a batch."""
        self._storage.put_data(key, _written(batch))

    def get(self, key: str) -> Batch | None:
        """A batch that is not taken by all."""
        found = self._storage.peek_data(key)
        return None if found is EmptyData else _read(bytes(found))

    def forget(self, key: str) -> None:
        """All have taken it."""
        self._storage.delete_data(key)

    def all(self) -> dict[str, Batch]:
        """Every batch by its key, in the order in which they were accepted."""
        found = {_text(key): value for key, value in self._storage.result_items().items()}
        keys = sorted(key for key in found if key.startswith(_PREFIX))
        return {key: _read(bytes(found[key])) for key in keys}


def _text(key: str | bytes) -> str:
    return key.decode() if isinstance(key, bytes) else key


def _written(batch: Batch) -> bytes:
    return json.dumps(asdict(batch), default=sorted).encode()


def _read(text: bytes) -> Batch:
    said = json.loads(text)
    deliveries = (
        Delivery(each["document"], None if each["left"] is None else frozenset(each["left"]))
        for each in said.pop("deliveries")
    )
    return Batch(tuple(deliveries), **said)
