"""What names mean, asked apart from delivering: a look-up that hangs holds a thread for as long as
the system's resolver takes, and only so many for one client (docs/delivery.md D21)."""

import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from service_kit.wakeup import Wakeup

Addresses = tuple[str, ...]
LookUp = Callable[[str], Addresses]

_FRESH_S = 60.0
_MOST_KNOWN = 20_000
MOST_OF_ONE = 4
MOST_IN_ALL = 64


def look_up(name: str) -> Addresses:
    """The addresses of a name, the best first; none where it has none. Blocks, even for 30 s."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter for what can be no name
        return ()
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


class Resolver:
    """Looks names up in threads, for an owner each. For one thread, but for the look-ups.

    Readable when there is an answer to `take`. Whoever is over its share waits for its own,
    and nobody for another's: 16 clients with hanging names use up all. A name that several ask for
    is looked up once, as soon as the first of them has room.
    """

    def __init__(self, look_up: LookUp | None = None) -> None:
        self._answered = Wakeup()
        self._look_up = look_up
        self._known: dict[str, tuple[float, Addresses]] = {}
        self._begun: dict[str, str] = {}  # by name, the owner whose room the look-up takes
        self._busy: Counter[str] = Counter()
        self._queues: dict[str, dict[str, None]] = {}  # by owner, in order
        self._owners: dict[str, set[str]] = {}  # by name, in whose queues it is
        self._found: deque[tuple[str, Addresses]] = deque()
        self._lock = threading.Lock()
        self._closed = False

    def fileno(self) -> int:
        """The descriptor to wait at."""
        return self._answered.fileno()

    def known(self, name: str) -> Addresses | None:
        """What a name meant within the last minute."""
        until, addresses = self._known.get(name, (0.0, ()))
        return addresses if until > time.monotonic() else None

    def ask(self, owner: str, name: str) -> None:
        """Have a name looked up, unless it is being looked up already. Never blocks."""
        if name in self._begun:
            return
        self._queues.setdefault(owner, {})[name] = None
        self._owners.setdefault(name, set()).add(owner)
        self._start_what_may()

    def drop(self, name: str) -> None:
        """Nobody waits for this name any more: if its look-up has not begun, it never will."""
        for owner in self._owners.pop(name, ()):
            queue = self._queues[owner]
            del queue[name]
            if not queue:
                del self._queues[owner]

    def take(self) -> Sequence[tuple[str, Addresses]]:
        """The answers since the last time."""
        self._answered.clear()
        taken = [self._found.popleft() for _ in range(len(self._found))]
        for name, addresses in taken:
            self._busy[self._begun.pop(name)] -= 1
            if addresses:
                self._remember(name, addresses)
        if taken:
            self._busy = +self._busy
            self._start_what_may()
        return taken

    def close(self) -> None:
        """Wait for nobody: who is still looking up ends with the process, or unheard. May be
        repeated, as the rest of a client's closing: the descriptor may be another's by then."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._answered.close()

    def _start_what_may(self) -> None:
        for owner in list(self._queues):
            while self._busy[owner] < MOST_OF_ONE and self._busy.total() < MOST_IN_ALL:
                name = next(iter(self._queues.get(owner, ())), None)
                if name is None:
                    break
                self.drop(name)
                self._begin(owner, name)

    def _begin(self, owner: str, name: str) -> None:
        self._begun[name] = owner
        self._busy[owner] += 1
        threading.Thread(target=self._find, args=(name,), name="look-up", daemon=True).start()

    def _find(self, name: str) -> None:
        addresses = (self._look_up or look_up)(name)
        with self._lock:
            if not self._closed:
                self._found.append((name, addresses))
                self._answered.ring()

    def _remember(self, name: str, addresses: Addresses) -> None:
        if len(self._known) >= _MOST_KNOWN:
            now = time.monotonic()
            self._known = {one: kept for one, kept in self._known.items() if kept[0] > now}
        self._known[name] = (time.monotonic() + _FRESH_S, addresses)
