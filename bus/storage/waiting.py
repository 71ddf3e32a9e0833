"""Waiting for a log to grow, whatever engine it is made of."""

import select
import time

from bus.storage.event_log import EventLog

# A ring may be lost, and is only a hint.
_POLL_S = 0.5


def wait_for_growth(log: EventLog, position: int, timeout_s: float) -> bool:
    """Block until there is an event after `position`, or until the time is over."""
    deadline = time.monotonic() + timeout_s
    bell, poll = log.bell(), select.poll()
    poll.register(bell, select.POLLIN)  # listens before looking: a ring in between is not lost
    try:
        while log.last_position() <= position:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            poll.poll(min(left_s, _POLL_S) * 1000)
            bell.quiet()
        return True
    finally:
        bell.close()
