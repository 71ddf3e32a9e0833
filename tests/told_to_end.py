"""A run that is told to end clears away what it has started, as it does at its own end."""

import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def clear_away_when_told() -> None:
    """Have Ctrl-C, `kill` and a terminal that goes raise SystemExit in the main thread, once: with
    it everything that was opened closes. Also where a shell has the run ignore Ctrl-C."""
    for number in _NUMBERS:
        signal.signal(number, _end)


@contextmanager
def removed_when_told_to_end(folder: Path) -> Iterator[None]:
    """What stays for somebody to look at, of a run that comes to its end."""
    try:
        yield
    except SystemExit:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _end(number: int, _frame: FrameType | None) -> None:
    for other in _NUMBERS:
        signal.signal(other, signal.SIG_IGN)  # whoever clears away is not to be interrupted
    sys.exit(128 + number)
