"""A receiver that drops what it knows, as a process of its own: it notes what it has handled.

A line of KNOWING_NOTES is an event's id and replay. Files beside it say how it fares: `slow`
(it takes its time), `broken` (it fails at these URLs).
"""

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bus_drain import Basic, Event, SomeFailed, open_state
from bus_drain.http.answer import StartResponse

UUID = "knowing"
SECRET = "whsec_" + "a25vd2lu" * 4
_SLOW_S = 0.05


class Knowing:
    """The drain, and whether it is ready."""

    def __init__(self, notes: Path, state_url: str) -> None:
        self._notes = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self._folder = notes.parent
        self._drain = Basic(
            uuid=UUID,
            secrets=[SECRET],
            state=open_state(state_url),
            listeners={"*": self._handle},
        )

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/readyz":
            start("200 OK", [])
            return [b""]
        return self._drain(environ, start)

    def _handle(self, events: Sequence[Event]) -> None:
        broken = self._folder / "broken"
        refused = broken.read_text().splitlines() if broken.exists() else []
        taken = [one for one in events if one.url not in refused]
        os.write(self._notes, "".join(f"{one.id} {one.replay}\n" for one in taken).encode())
        if (self._folder / "slow").exists():
            time.sleep(_SLOW_S)
        if len(taken) < len(events):
            raise SomeFailed(one for one in events if one.url in refused)


def create_app() -> Knowing:
    """By the environment."""
    return Knowing(Path(os.environ["KNOWING_NOTES"]), os.environ["KNOWING_STATE_URL"])
