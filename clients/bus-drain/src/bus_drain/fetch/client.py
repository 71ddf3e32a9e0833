"""The entity client: fetch what an event names, follow its links."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urljoin

from requests.adapters import BaseAdapter
from service_kit.backoff import backoff_s
from service_kit.clock import Clock, now_ms
from service_kit.errors import HttpFailure
from service_kit.http import Answer, HttpClient, origin_of

from bus_drain.fetch.cache import CachingAdapter, CallCache
from bus_drain.fetch.entity import Entity
from bus_drain.fetch.errors import (
    CircuitOpen,
    NotHal,
    Rejected,
    Unavailable,
    UnknownHost,
    translated,
)
from bus_drain.fetch.host import Host
from bus_drain.fetch.many import Fetched, fetch_many
from bus_drain.fetch.single_flight import SingleFlight, TookTooLong
from bus_drain.state import CacheStore

_SEE_OTHER = 303


class EntityClient:
    """Fetches HAL resources from the hosts it was given, and from no others.

    `credentials` maps an origin (`"https://bids.example"`) to the bearer token to show there
    (None: no token). A token goes to its own host only. TLS is verified always, against `ca_file`
    if given. A call blocks for at most `total_s` seconds, retries and waiting for others included.
    It is tried up to `attempts` times while the host gives no answer or a 5xx. A host
    that fails five times in a row is left alone for `left_alone_s` seconds: less than that where
    somebody waits for the answer, or where what failed comes again later by itself.

    With a `cache` (`state.cache`), answers are revalidated by ETag, or good as long as they say.
    Answers that say nothing are good for `fresh_s` seconds or until the drain busts them: set it
    where a `Caching` or `CacheBusting` drain runs on the same state.

    `transport` replaces the network, as service_kit's WsgiTransport does for an app in this
    process (nothing is cached then); `pause` waits between attempts. Share one between threads.
    """

    def __init__(
        self,
        credentials: Mapping[str, str | None],
        *,
        cache: CacheStore | None = None,
        fresh_s: int = 0,
        connect_s: float = 2.0,
        read_s: float = 5.0,
        total_s: float = 10.0,
        max_bytes: int = 1024 * 1024,
        attempts: int = 3,
        left_alone_s: float = 30,
        ca_file: str | None = None,
        transport: BaseAdapter | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Clock = now_ms,
    ) -> None:
        self._total_s = total_s
        self._attempts = attempts
        self._pause = pause
        self._flights: SingleFlight[Entity] = SingleFlight()

        def host(origin: str, token: str | None) -> Host:
            calls = CallCache(cache, token, clock) if cache and not transport else None
            http = HttpClient(
                {origin: token},
                connect_s=connect_s,
                read_s=read_s,
                total_s=total_s,
                max_bytes=max_bytes,
                transport=CachingAdapter(calls, fresh_s) if calls else transport,
                ca_file=ca_file,
            )
            return Host(origin, http, calls, left_alone_s=left_alone_s)

        self._hosts = {origin_of(url): host(origin_of(url), t) for url, t in credentials.items()}

    def __enter__(self) -> "EntityClient":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for host in self._hosts.values():
            host.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Entity:
        """The entity at `url`, as it was at some moment after this was called, or as it is cached.

        A 303 is followed once, to another known host at most. Threads that ask for the same share
        a call. Raises FetchError.
        """
        asked = dict(headers or {})
        deadline = time.monotonic() + self._total_s

        def left_s() -> float:
            return deadline - time.monotonic()

        try:
            return self._flights.do(
                (url, *sorted(asked.items())), lambda: self._fetch(url, asked, left_s), left_s
            )
        except TookTooLong as error:
            raise Unavailable("no answer in time") from error

    def follow(self, entity: Entity, relation: str, **variables: str) -> Entity:
        """The entity that a link of `entity` leads to. Raises NoSuchLink, FetchError."""
        return self.get(entity.link(relation, **variables))

    def pages(self, url: str) -> Iterator[Entity]:
        """A collection's pages, from the one at `url` on, by the link `next`; each is fetched when
        it is asked for. Raises NotHal when they lead in a circle."""
        visited = {url}
        page = self.get(url)
        yield page
        while page.offers("next"):
            following = page.link("next")
            if following in visited:
                raise NotHal("the pages lead in a circle")
            visited.add(following)
            page = self.get(following)
            yield page

    def items(self, url: str, relation: str) -> Iterator[Entity]:
        """What is embedded in a collection under `relation`, page by page."""
        for page in self.pages(url):
            yield from page.embedded(relation)

    def fetch_many(self, urls: Iterable[str], *, workers: int = 8) -> Iterator[Fetched]:
        """Each URL once, `workers` at a time, in the order given; one that fails stops no other."""
        return fetch_many(urls, self.get, workers=workers)

    def _fetch(self, url: str, headers: Mapping[str, str], left_s: Callable[[], float]) -> Entity:
        answer = self._until_answered(url, headers, left_s)
        location = answer.headers.get("Location")
        if answer.status == _SEE_OTHER and location:
            url = urljoin(url, location)
            answer = self._until_answered(url, headers, left_s)
        if answer.status >= 300:
            raise Rejected(answer.status, {"title": "a redirect"})
        try:
            return Entity(url, answer.json())
        except HttpFailure as error:
            raise translated(error) from error

    def _until_answered(
        self, url: str, headers: Mapping[str, str], left_s: Callable[[], float]
    ) -> Answer:
        # Not by urllib3's Retry: it knows no deadline over all attempts, and no circuit breaker.
        host = self._host(url)
        failures = 0
        while left_s() > 0:
            try:
                return host.get(url, headers, left_s())
            except CircuitOpen:
                raise
            except Unavailable as error:
                failures += 1
                pause_s = max(backoff_s(failures, first_s=0.1), error.retry_after_s or 0)
                if failures == self._attempts or pause_s >= left_s():
                    raise
                self._pause(pause_s)
        raise Unavailable("no answer in time")

    def _host(self, url: str) -> Host:
        try:
            origin = origin_of(url)
        except HttpFailure as error:
            raise translated(error) from error
        if origin not in self._hosts:
            raise UnknownHost(f"{origin} is not a host that this client was given")
        return self._hosts[origin]
