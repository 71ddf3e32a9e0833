"""How many may read at once: in this process, and of one client."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bus.errors import TooManyReaders


class Readers:
    """Counts who is reading. May be used by any thread."""

    def __init__(self, *, most: int, most_of_client: int) -> None:
        self._most = most
        self._most_of_client = most_of_client
        self._by_client: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Be one of them. Raises TooManyReaders."""
        with self._lock:
            if self._by_client[client] >= self._most_of_client:
                raise TooManyReaders(of_client=True)
            if self._by_client.total() >= self._most:
                raise TooManyReaders(of_client=False)
            self._by_client[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._by_client[client] -= 1
                if not self._by_client[client]:
                    del self._by_client[client]
