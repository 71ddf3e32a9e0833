"""The newest handled event of each URL."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from redis import Redis

from bus_drain.state import Known
from bus_drain.storage.redis.errors import translated

_KNOWN = "bus_drain:newest"  # hash: URL to [position, t]
_WHEN = "bus_drain:newest_at"  # sorted set: URL by when it was learned


class RedisNewest:
    """bus_drain.state.Newest in a hash."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    def of(self, urls: Collection[str]) -> dict[str, Known]:
        """What is known of these URLs; the others are absent."""
        with translated():
            return _known(self._client, urls)

    def learn(
        self, news: Mapping[str, Known], now_ms: int, is_older: Callable[[Known, Known], bool]
    ) -> None:
        """Remember these, but none that `is_older(it, known)`. Safe to repeat."""

        def within(pipe: Any) -> None:
            known = _known(pipe, news)
            pipe.multi()
            for url, one in news.items():
                if url not in known or not is_older(one, known[url]):
                    pipe.hset(_KNOWN, url, json.dumps([one.position, one.t]))
                    pipe.zadd(_WHEN, {url: now_ms})

        if news:
            with translated():
                self._client.transaction(within, _KNOWN)

    def forget(self, before_ms: int) -> None:
        """Drop what was learned before then."""

        def within(pipe: Any) -> None:
            old = pipe.zrangebyscore(_WHEN, "-inf", f"({before_ms}")
            pipe.multi()
            if old:
                pipe.hdel(_KNOWN, *old)
                pipe.zrem(_WHEN, *old)

        with translated():
            self._client.transaction(within, _WHEN)


def _known(client: Any, urls: Collection[str]) -> dict[str, Known]:
    if not urls:
        return {}
    asked = list(urls)
    found = zip(asked, client.hmget(_KNOWN, asked), strict=True)
    return {url: Known(*json.loads(value)) for url, value in found if value is not None}
