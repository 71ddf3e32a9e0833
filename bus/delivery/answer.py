"""What came back for a request, before anybody says what it means."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Timings(NamedTuple):
    """How long it took, from the start, until it was connected (over TLS too; 0 where a connection
    was used again), until the first byte of the answer came, and in all. None: never."""

    connect_ms: int | None
    first_byte_ms: int | None
    total_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. `status` is None when there was no whole answer; `error` says why.

    `unreachable`: it did not even get to somebody who could have answered. `cut_off`: the body
    was longer than what is kept of it. `head` is the answer's, a line each.
    """

    key: int
    status: int | None
    error: str | None
    body: bytes = field(default=b"", repr=False)
    head: Sequence[bytes] = field(default=(), repr=False)
    unreachable: bool = False
    cut_off: bool = False
    timings: Timings | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether it is a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lowercase name."""
        return next(iter(self.headers(name)), None)

    def headers(self, name: str) -> list[str]:
        """The values of a header that may come several times, by its lowercase name."""
        lines = [line.decode("latin-1").partition(":") for line in self.head]
        return [value.strip() for found, colon, value in lines if colon and found.lower() == name]
