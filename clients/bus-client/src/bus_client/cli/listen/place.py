"""How far one listener is, in a file, so that whoever starts it again goes on from there."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from bus_client.follow import After

_NEVER = 2**53
"""No log is so long: a bus takes no such position."""


class Place:
    """A position, and how often somebody wanted what had come already once more (`replay`).

    Written whole or not at all, whenever this process is killed.
    """

    def __init__(self, file: Path) -> None:
        """Read what is kept there, if anything is. Raises OSError; ValueError for another file."""
        if file.exists() and not file.is_file():  # a device would be replaced by a file
            raise ValueError(f"{file} is no file")
        self.file = file
        self.position, self.replay = _read(file)

    def begin(self, after: After, *, anew: bool) -> After:
        """Where to begin: what is kept, or `after` where nothing is or somebody wants it `anew`,
        which is another replay from here on. Written at once, so that it is known before anything
        is delivered whether it can be. Raises OSError."""
        self.replay += anew
        self._write(None if anew else self.position)
        return after if self.position is None else self.position

    def save(self, position: int) -> None:
        """All up to there was taken. Raises OSError."""
        self._write(position)

    def _write(self, position: int | None) -> None:
        self.position = position
        beside = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        beside.write_text(json.dumps({"position": position, "replay": self.replay}), "ascii")
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


def _read(file: Path) -> tuple[int | None, int]:
    text = file.read_text("ascii") if file.exists() else ""
    if not text:
        return None, 0
    try:
        found = json.loads(text)
        if isinstance(found, dict):
            position, replay = found["position"], found["replay"]
        else:
            position, replay = found, 0  # as `follow(saved=…)` writes it
    except (ValueError, RecursionError, KeyError) as error:
        raise ValueError(f"{file} holds no place in the log") from error
    has_begun = position is not None or not isinstance(found, dict)
    if not _is_number(replay) or (has_begun and not _is_number(position)):
        raise ValueError(f"{file} holds no place in the log")
    return position, replay


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < _NEVER
