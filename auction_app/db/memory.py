"""What was read is true for as long as nothing in the database changes: it is asked once.

A connection can tell whether its view shows anything else than the one that it had before
(`service_kit.marked_view`).
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from service_kit.marked_view import is_of_all, mark_of
from sqlalchemy import Connection

T = TypeVar("T")
Found = dict[Hashable, Any]
MOST = 2_000
"""So many answers are kept until something changes."""
_SHOWN = "auction_app.db.memory"


class Memory:
    """What is known to be in the database now, in one process.

    `current` is replaced when any connection notices a change. Those who hold the same one have
    seen the same: who was overtaken between looking and replacing it keeps to itself.
    """

    def __init__(self) -> None:
        self.current: Found = {}
        self._mark: Hashable = None
        self._lock = Lock()

    def known(self, connection: Connection, before: Found) -> Found:
        """What is true in the view of a connection; `before` is what was `current` before the view
        began."""
        mark, fresh = mark_of(connection), Found()
        with self._lock:
            if is_of_all(connection) and mark == self._mark:
                return self.current
            if connection.info.get(_SHOWN) == mark:
                return before
            is_first = self.current is before
            if is_first:
                self.current, self._mark = fresh, mark
        # Who kept to itself looks as if at a change next time, too.
        connection.info[_SHOWN] = mark if is_first and not is_of_all(connection) else None
        return fresh


class Forgotten(Exception):
    """What was asked isn't known, and nothing is to be read."""


class View:
    """A connection's one consistent view, and what is known of it: `found`, or what turns out to
    be known once it is asked for something."""

    def __init__(self, memory: Memory, found: Found | None = None) -> None:
        self._memory = memory
        self._before = memory.current
        self._found = found

    def remembered(
        self,
        connection: Connection | None,
        read: Callable[..., T],
        *asked: Hashable,
        **named: Hashable,
    ) -> T:
        """What `read` finds; it depends on the database and on what is asked, and on no clock.
        Raises Forgotten where that isn't known and there is no connection to ask."""
        if self._found is None:
            assert connection is not None
            self._found = self._memory.known(connection, self._before)
        key = (read, asked, *named.items())
        if key not in self._found:
            if connection is None:
                raise Forgotten
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[key] = read(connection, *asked, **named)
        found: T = self._found[key]
        return found


def second_of(now_ms: int) -> int:
    """The second that a time lies in, in ms: what is asked may depend on that, for it is asked
    again when the next one begins."""
    return now_ms - now_ms % 1000
