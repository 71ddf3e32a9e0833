"""The newest handled event of each URL."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from redis import Redis

from bus_drain.state import Known
from bus_drain.storage.redis.errors import translated


class RedisNewest:
    """bus_drain.state.Newest in a hash."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._by_url = f"{prefix}:newest"  # hash: URL to [position, t]
        self._when = f"{prefix}:newest_at"  # sorted set: URL by when it was learned

    def of(self, urls: Collection[str]) -> dict[str, Known]:
        """What is known of these URLs; the others are absent."""
        with translated():
            return self._known(self._client, urls)

    def learn(
        self, news: Mapping[str, Known], now_ms: int, is_older: Callable[[Known, Known], bool]
    ) -> None:
        """Remember these, but none that `is_older(it, known)`. Safe to repeat."""

        def within(pipe: Any) -> None:
            known = self._known(pipe, news)
            pipe.multi()
            for url, one in news.items():
                if url not in known or not is_older(one, known[url]):
                    pipe.hset(self._by_url, url, json.dumps([one.position, one.t]))
                    pipe.zadd(self._when, {url: now_ms})

        if news:
            with translated():
                self._client.transaction(within, self._by_url)

    def forget(self, before_ms: int) -> None:
        """Drop what was learned before then."""

        def within(pipe: Any) -> None:
            old = pipe.zrangebyscore(self._when, "-inf", f"({before_ms}")
            pipe.multi()
            if old:
                pipe.hdel(self._by_url, *old)
                pipe.zrem(self._when, *old)

        with translated():
            self._client.transaction(within, self._when)

    def _known(self, client: Any, urls: Collection[str]) -> dict[str, Known]:
        if not urls:
            return {}
        asked = list(urls)
        found = zip(asked, client.hmget(self._by_url, asked), strict=True)
        return {url: Known(*json.loads(value)) for url, value in found if value is not None}
