"""CacheControl on a drain's state: answers are kept by whose credential fetched them."""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cachecontrol import CacheControlAdapter
from cachecontrol.cache import BaseCache
from cachecontrol.heuristics import BaseHeuristic
from service_kit.clock import Clock
from service_kit.deadline import DeadlineAdapter
from urllib3 import HTTPResponse

from bus_drain.errors import StateUnavailable
from bus_drain.state import Cached, CacheStore

_log = logging.getLogger(__name__)


class CachingAdapter(CacheControlAdapter, DeadlineAdapter):
    """A requests adapter that caches by RFC 9111 and obeys the deadline around the call."""

    def __init__(self, cache: "CallCache", fresh_s: int) -> None:
        super().__init__(
            cache=cache,
            heuristic=FreshUntilBusted(fresh_s) if fresh_s else None,
            pool_connections=8,
            pool_maxsize=32,
        )


class FreshUntilBusted(BaseHeuristic):
    """Answers that say nothing about caching are good for `seconds`, or until they are busted."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds

    def update_headers(self, response: HTTPResponse) -> dict[str, str]:
        """CacheControl's hook."""
        if "cache-control" in response.headers or "expires" in response.headers:
            return {}
        return {"cache-control": f"max-age={self._seconds}"}

    def warning(self, response: HTTPResponse) -> None:
        """None: the answer is not stale."""


class CallCache(BaseCache):
    """What CacheControl reads and writes during one call of this thread.

    It is written only when the call has ended well, so an answer that was cut short is not kept;
    and not when the URL was busted since the call began, so that no answer from before an event
    outlives it. Kept under the URL as it was asked for, because that is how events name it.
    """

    def __init__(self, store: CacheStore, credential: str | None, clock: Clock) -> None:
        self._store = store
        self._owner = owner_of(credential)
        self._clock = clock
        self._call: Any = threading.local()

    @contextmanager
    def during(self, url: str) -> Iterator[None]:
        """Around one call of `url`."""
        self._call.url, self._call.read, self._call.written = url, None, None
        yield
        if self._call.written is not None and self._call.read is not None:
            self._write(self._call.written, self._call.read.ticket)

    def get(self, key: str) -> bytes | None:  # noqa: ARG002 - CacheControl's spelling of the URL
        """The cached answer; the same one throughout a call, so that a 304 finds its body."""
        if self._call.read is None:
            self._call.read = self._read()
        return self._call.read.body or None

    def set(self, key: str, value: bytes, expires: Any = None) -> None:  # noqa: ARG002
        """Keep an answer, if the call ends well."""
        self._call.written = value

    def delete(self, key: str) -> None:  # noqa: ARG002
        """Keep none."""
        self._call.written = b""

    def _read(self) -> Cached | None:
        try:
            return self._store.read(self._call.url, self._owner)
        except StateUnavailable as error:  # dearer without a cache, but not wrong
            _log.warning("cache not read url=%s why=%s", self._call.url, error)
            return Cached(None, "unknown")

    def _write(self, body: bytes, ticket: str) -> None:
        try:
            self._store.write(self._call.url, self._owner, body, ticket, self._clock())
        except StateUnavailable as error:
            _log.warning("cache not written url=%s why=%s", self._call.url, error)


def owner_of(credential: str | None) -> str:
    """Whose answers: a fingerprint that doesn't tell the credential."""
    return hashlib.sha256(f"bus-drain {credential}".encode()).hexdigest() if credential else ""
