"""How far one listener is, in a file, so that whoever starts it again goes on from there."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bus_client.cli.starts import is_after_events
from bus_client.follow import After


class Place:
    """A batch's place, and how often somebody wanted what had come already once more (`replay`).

    Written whole or not at all, whenever this process is killed.
    """

    def __init__(self, file: Path) -> None:
        """Read what is kept there, if anything is. Raises OSError; ValueError for another file."""
        if file.exists() and not file.is_file():  # a device would be replaced by a file
            raise ValueError(f"{file} is no file")
        self.file = file
        self.after, self.replay = _read(file)

    def begin(self, after: After, *, anew: bool) -> After:
        """Where to begin: what is kept, or `after` where nothing is or somebody wants it `anew`,
        which is another replay from here on. Written at once, so that it is known before anything
        is delivered whether it can be. Raises OSError."""
        self.replay += anew
        self._write(None if anew else self.after)
        return self.after or after

    def save(self, after: str) -> None:
        """All up to there was taken. Raises OSError."""
        self._write(after)

    def _write(self, after: str | None) -> None:
        self.after = after
        beside = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        beside.write_text(json.dumps({"after": after, "replay": self.replay}), "ascii")
        beside.replace(self.file)


def usual_file(bus_url: str, topics: Sequence[str], forward: str) -> Path:
    """Where the place is kept unless somebody says where: a file for each bus, topics and address
    in this user's own state (XDG Base Directory), its folder made. Raises OSError, RuntimeError."""
    folder = os.environ.get("XDG_STATE_HOME", "")
    # The specification has a relative path ignored.
    home = Path(folder) if os.path.isabs(folder) else Path("~/.local/state").expanduser()
    ours = home / "gavel" / "listen"
    ours.mkdir(mode=0o700, parents=True, exist_ok=True)
    named = json.dumps([bus_url, sorted(set(topics)), forward])
    return ours / f"{hashlib.sha256(named.encode()).hexdigest()[:24]}.json"


def _read(file: Path) -> tuple[str | None, int]:
    text = file.read_text("ascii") if file.exists() else ""
    if not text or is_after_events(text):  # as `follow(saved=…)` writes it
        return text or None, 0
    try:
        after, replay = _parts(json.loads(text))
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise ValueError(f"{file} holds no place in the log") from error
    if (after is None or is_after_events(after)) and type(replay) is int and replay >= 0:
        return after, replay
    raise ValueError(f"{file} holds no place in the log")


def _parts(found: Any) -> tuple[object, object]:
    if "position" in found:  # as it was written before places said of which log they are
        position = found["position"]
        return str(position) if type(position) is int else position, found["replay"]
    return found["after"], found["replay"]
