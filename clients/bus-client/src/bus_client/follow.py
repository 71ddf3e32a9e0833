"""Read the log instead of being delivered to: batches, in order, from a saved position on."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from service_kit.backoff import backoff_s

from bus_client.documents import batch_from
from bus_client.entities import EventBatch
from bus_client.entry import Entry
from bus_client.errors import BusUnavailable
from bus_client.wire import Wire

LONG_POLL_S = 25
_LONGEST_PAUSE_S = 30.0

After = str | int
"""`now`, `beginning`, a position, or a batch's place."""

Saved = Path | Callable[[str], None]
"""Where a batch's place is kept: a file, or whatever keeps it when it is called."""


def follow(
    wire: Wire,
    entry: Entry,
    topics: Iterable[str],
    after: After,
    *,
    limit: int,
    saved: Saved | None,
    stopping: threading.Event,
) -> Iterator[EventBatch]:
    """See `BusClient.follow`."""
    begin, save = _place(saved, after)
    failures = 0
    url: str | None = None
    while not stopping.is_set():
        try:
            if begin == "now":
                begin = _end_of_log(wire, entry)
                save(begin)  # at once: whoever is killed while it waits goes on from here
            url = url or _first_page(entry, topics, begin, limit)
            page = wire.read("GET", url)
            failures = 0
        except BusUnavailable:
            failures += 1
            stopping.wait(backoff_s(failures, longest_s=_LONGEST_PAUSE_S))
            continue
        batch = batch_from(page)
        if batch.events or batch.resync:
            yield batch
        save(batch.place)
        url = page.link("next")


def _end_of_log(wire: Wire, entry: Entry) -> str:
    return batch_from(wire.read("GET", entry.link("events", after="now"))).place


def _first_page(entry: Entry, topics: Iterable[str], after: After, limit: int) -> str:
    asked = {"after": str(after), "limit": str(limit), "wait": str(LONG_POLL_S)}
    patterns = ",".join(topics)
    return entry.link("events", **asked | ({"topics": patterns} if patterns else {}))


def _place(saved: Saved | None, after: After) -> tuple[After, Callable[[str], None]]:
    """Where to begin, and what saves where we are."""
    if isinstance(saved, Path):
        file = saved
        found = file.read_text("ascii") if file.exists() else ""
        return found or after, lambda place: _write(file, place)
    return after, saved or (lambda _place: None)


def _write(file: Path, place: str) -> None:
    """Whole or not at all, whenever this process is killed."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.write_text(place, "ascii")
    beside.replace(file)
