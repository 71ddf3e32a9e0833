"""How much of the processor, which publishers want too, the readers of a process may take.

Measured with 400 readers of a bus that does nothing else, of one processor:

| what                                        | µs    |
|---------------------------------------------|-------|
| wake a stream and write it a piece          | 100   |
| each 1 000 bytes of that, in and out        | 1     |
| take a call, and answer it                  | 400   |
"""

import threading
import time
from collections.abc import Callable

STREAM_S = 100e-6
CALL_S = 400e-6
_BYTE_S = 1e-9
_SHARE = 1 / 25
# So much may be taken at once by who has taken nothing for long: two hundred streams are told at
# once. The most that is owed is worked off in five seconds.
_SAVED_S = 0.02
_OWED_S = 0.2


def serving_s(each_s: float, size: int) -> float:
    """Seconds of the processor to hand so many bytes to one who costs `each_s` by itself."""
    return each_s + size * _BYTE_S


class ProcessorShare:
    """A twenty-fifth of a processor. May be used by any thread."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._left_s = _SAVED_S
        self._at_s = steady_s()

    def spend(self, cost_s: float) -> float:
        """Take so much; returns for how many seconds to leave the processor to others then."""
        with self._lock:
            now_s = self._steady_s()
            saved_s = self._left_s + (now_s - self._at_s) * _SHARE
            self._left_s = max(min(saved_s, _SAVED_S) - cost_s, -_OWED_S)
            self._at_s = now_s
            return max(-self._left_s / _SHARE, 0.0)
