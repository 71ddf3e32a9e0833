"""Fetch in a job what has changed, so that it is cached when somebody asks."""

import logging
from collections.abc import Sequence

from huey import Huey

from bus_drain.fetch import EntityClient, FetchError
from bus_drain.layers.prefetch import Enqueue

_log = logging.getLogger(__name__)


def prefetching(huey: Huey, client: EntityClient) -> Enqueue:
    """What a `Caching` drain wants as `prefetch`. Call it in the web process, which queues, and in
    the jobs process, which fetches; the client's cache is the drain's state."""

    def fetch(url: str) -> None:
        try:
            client.get(url)
        except FetchError as error:
            _log.warning("not prefetched url=%s why=%s", url, error)

    job = huey.task(name="bus_drain_prefetch")(fetch)

    def enqueue(urls: Sequence[str]) -> None:
        try:
            for url in urls:
                job(url)
        except Exception as error:  # noqa: BLE001 - whatever the queue's engine raises
            # The answers were busted already, so whoever asks fetches anew.
            _log.warning("queue unavailable why=%s", type(error).__name__)

    return enqueue
