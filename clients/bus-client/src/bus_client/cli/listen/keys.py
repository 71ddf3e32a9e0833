"""What a person presses while deliveries go on."""

import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Self


class Keys:
    """Single keys, as long as the `with` lasts; without a terminal nobody presses any."""

    def __init__(self) -> None:
        self.are_there = sys.stdin.isatty() and find_spec("termios") is not None
        self._restored = ExitStack()

    def __enter__(self) -> Self:
        if self.are_there:
            self._restored.callback(_one_by_one())
        return self

    def __exit__(self, *_exc: object) -> None:
        self._restored.close()

    def pressed(self, within_s: float) -> str | None:
        """The next key, waiting so long for one; None: no key. Blocks."""
        if not self.are_there:
            time.sleep(within_s)
            return None
        ready, _, _ = select.select([sys.stdin], [], [], within_s)
        # Not by sys.stdin.read: of two keys it would keep one where no select sees it.
        return os.read(sys.stdin.fileno(), 1).decode("ascii", "replace").lower() if ready else None


def _one_by_one() -> Callable[[], None]:
    """Have keys come without a return; returns what undoes it."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    return lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before)
