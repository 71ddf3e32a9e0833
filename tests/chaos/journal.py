"""What a subscriber writes down, on disk before it goes on, and how the judge reads it."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Seen:
    """An event as it arrived; `mark` is what its writer put into it, unique to one publication."""

    id: str
    mark: str
    url: str
    position: int


def seen(event: Mapping[str, Any]) -> Seen:
    """An event as the bus writes it; one without a mark is announced once, under its URL."""
    mark = event.get("data", {}).get("mark", event["url"])
    return Seen(event["id"], mark, event["url"], event["position"])


@dataclass
class Delivery:
    """One POST as its receiver saw it, times by the machine's steady clock.

    `taking`: it began to write the end of a 2xx, so the bus may know. `taken_at`: it had written
    all of it, so the bus knows, if the pusher lived to settle it. `refused`: the marks of the
    events that the 2xx was not for.
    """

    received_at: float
    events: tuple[Seen, ...]
    taking: bool = False
    taken_at: float | None = None
    refused: frozenset[str] = frozenset()

    @property
    def took(self) -> tuple[Seen, ...]:
        """The events that a 2xx was begun for."""
        if not self.taking:
            return ()
        return tuple(event for event in self.events if event.mark not in self.refused)


class Journal:
    """Appends a line a record; each is on disk when the method returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._count = 0

    def received(self, events: Sequence[Seen]) -> str:
        """A delivery is here; returns its name."""
        self._count += 1
        name = f"{os.getpid()}-{self._count}"
        self._write("received", name, [astuple(event) for event in events])
        return name

    def taking(self, delivery: str, refused: Sequence[str]) -> None:
        """From now on the bus may know that it was taken, but for these marks."""
        self._write("taking", delivery, refused)

    def taken(self, delivery: str) -> None:
        """The whole of a 2xx was written."""
        self._write("taken", delivery)

    def _write(self, *record: Any) -> None:
        # One write a line: kill -9 leaves whole lines.
        os.write(self._file, json.dumps([time.monotonic(), *record]).encode() + b"\n")
        os.fsync(self._file)


def deliveries(path: Path) -> list[Delivery]:
    """The deliveries of a journal, in order of receipt."""
    found: dict[str, Delivery] = {}
    for line in path.read_text().splitlines():
        at, kind, name, *rest = json.loads(line)
        if kind == "received":
            found[name] = Delivery(at, tuple(Seen(*event) for event in rest[0]))
        elif kind == "taking":
            found[name].taking = True
            found[name].refused = frozenset(rest[0])
        else:
            found[name].taken_at = at
    return list(found.values())
