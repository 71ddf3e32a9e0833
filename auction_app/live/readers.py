"""Who reads what is their own, in this process: devices and signed-in browsers."""

import threading
from collections import deque
from dataclasses import dataclass, field

from service_kit.tokens import digest

from auction_app.live.hub import HubFull

MAX_READERS = 10_000
MAX_STREAMS_EACH = 10
"""For one token or session: a browser has one for each of its windows."""
_REMEMBERED = 1_000


class TooManyOfOne(Exception):
    """One token or session has as many streams open as it may."""


@dataclass(frozen=True)
class Credential:
    """What a reader showed: a header, which is shown to the web app as it came."""

    name: str
    value: str = field(repr=False)

    @property
    def is_device(self) -> bool:
        """Whether a token was shown, and no session."""
        return self.name == "Authorization"

    @property
    def digest(self) -> str:
        """What stands for it here."""
        return digest(f"{self.name} {self.value}")


class Reader:
    """All streams of one token or session. Each remembers how often it was told that there is
    news, and asks when that was more often; it may be woken for something else."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.customer_url: str | None = None
        self.streams = 0
        self.told = 0
        self.woken = 0
        self._news = threading.Condition()

    def tell(self) -> None:
        """There is news: wake the streams."""
        with self._news:
            self.told += 1
            self._news.notify_all()

    def wake(self) -> None:
        """Let the streams look what else there is."""
        with self._news:
            self.woken += 1
            self._news.notify_all()

    def wait(self, told: int, seconds: float) -> bool:
        """Whether there was news since the `told`-th time; waits for some so long, or until it is
        woken."""
        with self._news:
            woken = self.woken
            self._news.wait_for(lambda: self.told != told or self.woken != woken, seconds)
            return self.told != told


class Readers:
    """Those who have a stream open; the last one to leave takes the reader along."""

    def __init__(
        self, max_streams: int = MAX_READERS, max_streams_each: int = MAX_STREAMS_EACH
    ) -> None:
        self._max_streams = max_streams
        self._max_streams_each = max_streams_each
        self._by_digest: dict[str, Reader] = {}
        self._by_customer: dict[str, set[Reader]] = {}
        self._streams = 0
        self._events = 0
        self._latest: deque[tuple[int, str]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    @property
    def streams(self) -> int:
        """How many are open."""
        return self._streams

    @property
    def events(self) -> int:
        """How many pieces of news there were, for `learn`."""
        return self._events

    def join(self, credential: Credential) -> Reader:
        """The reader of a credential, for one more stream. Raises HubFull, TooManyOfOne."""
        with self._lock:
            if self._streams >= self._max_streams:
                raise HubFull(f"{self._streams} streams are open")
            reader = self._by_digest.setdefault(credential.digest, Reader(credential))
            if reader.streams >= self._max_streams_each:
                raise TooManyOfOne(f"{reader.streams} streams of one reader are open")
            self._streams += 1
            reader.streams += 1
            return reader

    def leave(self, reader: Reader) -> None:
        """One stream less."""
        with self._lock:
            self._streams -= 1
            reader.streams -= 1
            if reader.streams == 0:
                del self._by_digest[reader.credential.digest]
                self._forget(reader)

    def learn(self, reader: Reader, customer_url: str, *, events: int) -> None:
        """From now on this customer's news concerns the reader, and what came since there were so
        many `events`: the answer that says whose it is may be older than they are."""
        with self._lock:
            reader.customer_url = customer_url
            self._by_customer.setdefault(customer_url, set()).add(reader)
            was_told = any(at > events and url == customer_url for at, url in self._latest)
        if was_told or self._events - events > _REMEMBERED:
            reader.tell()

    def tell(self, customer_url: str) -> None:
        """There is news for a customer."""
        with self._lock:
            self._events += 1
            self._latest.append((self._events, customer_url))
            concerned = tuple(self._by_customer.get(customer_url, ()))
        for reader in concerned:
            reader.tell()

    def tell_all(self) -> None:
        """There may be news for everybody."""
        with self._lock:
            everybody = tuple(self._by_digest.values())
        for reader in everybody:
            reader.tell()

    def wake_all(self) -> None:
        """Have every stream look what else there is."""
        with self._lock:
            everybody = tuple(self._by_digest.values())
        for reader in everybody:
            reader.wake()

    def _forget(self, reader: Reader) -> None:
        theirs = self._by_customer.get(reader.customer_url or "", set())
        theirs.discard(reader)
        if not theirs:
            self._by_customer.pop(reader.customer_url or "", None)
