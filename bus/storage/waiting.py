"""Waiting for a log to grow, whatever engine it is made of."""

import select
import time

from bus.storage.event_log import EventLog

# A notification may be lost, and is only a hint.
_POLL_S = 0.5


def wait_for_growth(log: EventLog, position: int, timeout_s: float) -> bool:
    """Block until there is an event after `position`, or until the time is over."""
    deadline = time.monotonic() + timeout_s
    listener, poll = log.listener(), select.poll()
    poll.register(listener, select.POLLIN)  # listens before looking: nothing in between is lost
    try:
        while log.last_position() <= position:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            poll.poll(min(left_s, _POLL_S) * 1000)
            listener.clear()
        return True
    finally:
        listener.close()
