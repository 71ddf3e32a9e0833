"""Many entities in parallel."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from bus_drain.fetch.entity import Entity
from bus_drain.fetch.errors import FetchError


@dataclass(frozen=True)
class Fetched:
    """What came of one URL: the entity, or why there is none."""

    url: str
    entity: Entity | None = None
    error: FetchError | None = None


def fetch_many(
    urls: Iterable[str], fetch: Callable[[str], Entity], *, workers: int
) -> Iterator[Fetched]:
    """Fetch each URL once, `workers` at a time; yields in the order of the URLs."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="fetch")
    try:
        # Each in a copy of the caller's context, so that its trace goes along.
        futures = [
            pool.submit(copy_context().run, _fetched, url, fetch) for url in dict.fromkeys(urls)
        ]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _fetched(url: str, fetch: Callable[[str], Entity]) -> Fetched:
    try:
        return Fetched(url, entity=fetch(url))
    except FetchError as error:
        return Fetched(url, error=error)
