"""SIGTERM and SIGINT, heard by a thread of their own.

A handler of Python's runs in the main thread, between any two of its instructions. What takes a
lock there, as `Event.set` does, waits for ever when the main thread holds it just then; and it does
not run at all while the main thread sleeps, if the kernel gave the signal to another one.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` at each SIGTERM or SIGINT inside, from another thread: it may take locks.

    For the main thread. Afterwards signals do what they did before.
    """
    heard, tell = os.pipe()
    os.set_blocking(tell, False)
    told_before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    before = {number: signal.signal(number, _nothing) for number in _NUMBERS}
    listener = threading.Thread(target=_listen, args=(heard, stop), name="signals", daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(told_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(tell)
        listener.join()
        os.close(heard)


def _listen(heard: int, stop: Callable[[], object]) -> None:
    # The interpreter writes the number of each signal there, from its C handler.
    while number := os.read(heard, 1):
        if number[0] in _NUMBERS:
            stop()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Without a handler of Python's nothing is written."""
