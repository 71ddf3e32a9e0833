"""What a drain remembers, as the layers need it: small stores behind one seam.

Each method is one atomic act, safe between threads and processes, and raises StateUnavailable.
Engines: bus_drain.storage (SQLite, PostgreSQL, Redis). One contract suite holds them together.
Time is integer ms since the epoch.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from service_kit.clock import Clock, now_ms


@dataclass(frozen=True)
class Known:
    """The newest event of a URL that was handled: its place in the log, if the bus tells, and its
    publisher's time in ms."""

    position: int | None
    t: int


@dataclass(frozen=True)
class Mark:
    """That the entity at `url` is to be looked at. Each marking has a token of its own."""

    url: str
    token: str


@dataclass(frozen=True)
class Cached:
    """A cached answer (None: there is none), and the ticket that the next write must show."""

    body: bytes | None = field(repr=False)
    ticket: str


@dataclass(frozen=True)
class JobRun:
    """One run of an iteration over a collection, as far as it is (bus_drain.jobs).

    `cursor` is where it goes on (None: from the beginning); `owner` holds it now (None: nobody),
    as long as `beat_at_ms` is fresh; `failures` counts since the last progress.
    """

    id: str
    iteration: str
    argument: str
    status: str
    cursor: str | None = None
    done: int = 0
    total: int | None = None
    owner: str | None = None
    beat_at_ms: int = 0
    not_before_ms: int = 0
    failures: int = 0
    error: str | None = None
    version: int = 0


class Seen(Protocol):
    """Ids of events that were handled."""

    def which(self, ids: Collection[str]) -> frozenset[str]:
        """Those of `ids` that were added."""

    def add(self, ids: Collection[str], now_ms: int) -> None:
        """Remember these. Safe to repeat."""

    def forget(self, before_ms: int) -> None:
        """Drop what was added before then."""


class Newest(Protocol):
    """The newest handled event of each URL."""

    def of(self, urls: Collection[str]) -> dict[str, Known]:
        """What is known of these URLs; the others are absent."""

    def learn(
        self, news: Mapping[str, Known], now_ms: int, is_older: Callable[[Known, Known], bool]
    ) -> None:
        """Remember these, but none that `is_older(it, known)`. Safe to repeat."""

    def forget(self, before_ms: int) -> None:
        """Drop what was learned before then."""


class Marks(Protocol):
    """Which URLs are dirty."""

    def set(self, urls: Collection[str], now_ms: int) -> None:
        """Mark these. A URL that is marked already keeps its place and gets a new token."""

    def waiting(self, limit: int | None = None) -> Sequence[Mark]:
        """The marks, the oldest first."""

    def of(self, url: str) -> Mark | None:
        """The mark of this URL, if it has one."""

    def remove(self, mark: Mark) -> bool:
        """Remove exactly this mark; False when the URL has been marked anew or cleaned since."""

    def count(self) -> int:
        """How many URLs are dirty."""


class CacheStore(Protocol):
    """Cached answers by URL and owner (whose credential fetched it)."""

    def read(self, url: str, owner: str) -> Cached:
        """The answer, and the ticket for a write that begins now."""

    def write(self, url: str, owner: str, body: bytes, ticket: str, now_ms: int) -> bool:
        """Keep an answer; False, and not kept, when the URL was busted since `ticket` was read."""

    def bust(self, urls: Collection[str], now_ms: int) -> None:
        """Drop the answers of these URLs, every owner's, and those that are being fetched."""

    def forget(self, before_ms: int) -> None:
        """Drop answers written, and busts noted, before then."""


class JobRuns(Protocol):
    """Runs of iterations."""

    def add(self, run: JobRun) -> bool:
        """Keep a new run; False when one of this id is there already."""

    def get(self, run_id: str) -> JobRun | None:
        """The run, as it is now."""

    def swap(self, before: JobRun, after: JobRun) -> bool:
        """Replace the run if its version is still `before.version`; `after` gets the next one."""

    def all(self) -> Sequence[JobRun]:
        """Every run, by id."""


class Owner(Protocol):
    """Whose state it is: of one drain, known by the `uuid` that its deliveries come with."""

    def claim(self, uuid: str) -> bool:
        """Whether the state is this drain's: the first that asks has it."""

    def release(self) -> None:
        """Let the next that asks have it, with all that it remembers."""


@dataclass(frozen=True)
class State:
    """The stores of one drain, named `drain`, at `url`; `close` lets go of the connections. `clock`
    is the one that all who share them go by."""

    seen: Seen
    newest: Newest
    marks: Marks
    cache: CacheStore
    runs: JobRuns
    owner: Owner
    close: Callable[[], None]
    url: str = field(default="", repr=False)
    drain: str = ""
    clock: Clock = now_ms
