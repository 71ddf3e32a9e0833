"""What a person presses while deliveries go on."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from types import FrameType
from typing import Self

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class Keys:
    """Single keys, as long as the `with` lasts; without a terminal nobody presses any."""

    def __init__(self) -> None:
        self.are_there = sys.stdin.isatty() and find_spec("termios") is not None
        self._restored = ExitStack()

    def __enter__(self) -> Self:
        if self.are_there:
            restore = _one_by_one()
            self._restored.callback(_before_the_end(restore))
            self._restored.callback(restore)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._restored.close()

    def pressed(self, within_s: float, among: str) -> str | None:
        """The next of these keys, waiting so long for one; None: none of them. Any other does
        nothing. Blocks."""
        if not self.are_there:
            time.sleep(within_s)
            return None
        end_s = time.monotonic() + within_s
        while select.select([sys.stdin], [], [], max(0.0, end_s - time.monotonic()))[0]:
            # Not by sys.stdin.read: of two keys it would keep one where no select sees it.
            key = os.read(sys.stdin.fileno(), 1).decode("ascii", "replace").lower()
            if key and key in among:
                return key
            if not key:  # the terminal is gone
                self.are_there = False
                return self.pressed(max(0.0, end_s - time.monotonic()), among)
        return None


def _one_by_one() -> Callable[[], None]:
    """Have keys come without a return; returns what undoes it."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    return lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _before_the_end(act: Callable[[], None]) -> Callable[[], None]:
    """Do this also when a signal ends the process, which then ends as ever; returns what undoes
    it."""

    def end(number: int, _frame: FrameType | None) -> None:
        act()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    before = {number: signal.signal(number, end) for number in _ENDING}

    def undo() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return undo
