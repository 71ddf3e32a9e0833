"""Make a photo in a process of its own, which is given up when it takes too much."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from auction_app.errors import PhotoRefused

Photo = tuple[tuple[int, int], dict[int, bytes]]
"""(width, height) and the JPEG for each longest side."""
TakePhoto = Callable[[bytes], Photo]

DEADLINE_S = 60.0
"""Whatever it waits for; its work is bounded by the child itself."""
_CHILD = (sys.executable, "-m", "auction_app.selling.photo_child")


def take_photo_apart(
    upload: bytes, *, program: Sequence[str] = _CHILD, deadline_s: float = DEADLINE_S
) -> Photo:
    """What `take_photo` makes of a file, by running `program`. Blocks for at most `deadline_s`.

    The child knows no settings and so no secrets. Raises PhotoRefused, "too_costly" also when the
    child died of the file.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            program, input=upload, capture_output=True, timeout=deadline_s, check=True, env=_env()
        )
    except subprocess.SubprocessError as error:
        raise PhotoRefused("too_costly") from error
    head, _, content = done.stdout.partition(b"\n")
    return _read(json.loads(head), content)


def _env() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}


def _read(head: dict[str, object], content: bytes) -> Photo:
    match head:
        case {"size": [int(width), int(height)], "files": dict(lengths)}:
            files = {}
            for side, length in lengths.items():
                files[int(side)], content = content[:length], content[length:]
            return (width, height), files
        case _:
            raise PhotoRefused(str(head["refused"]))
