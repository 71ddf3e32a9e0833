"""A descriptor that another thread makes readable, for who waits at many of them."""

import contextlib
import os

_TAKE_AT_ONCE = 4096


class Wakeup:
    """Rung any number of times it is readable, until it is cleared. A pipe: every system has it."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def fileno(self) -> int:
        """The descriptor to wait at."""
        return self._reading

    def ring(self) -> None:
        """Make it readable. Never blocks: a full pipe is readable already."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._writing, b"!")

    def clear(self) -> bool:
        """Take what was rung; whether anything was."""
        was_rung = False
        with contextlib.suppress(BlockingIOError):
            while os.read(self._reading, _TAKE_AT_ONCE):
                was_rung = True
        return was_rung

    def close(self) -> None:
        """Give the descriptors back."""
        os.close(self._reading)
        os.close(self._writing)
