"""Cached answers."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from redis import Redis

from bus_drain.state import Cached
from bus_drain.storage.redis.errors import translated

_WRITE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
return 1
"""


class RedisCache:
    """bus_drain.state.CacheStore in a hash a URL."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._when = f"{prefix}:cache_at"  # sorted set: URL by when it was written or busted
        self._tickets = f"{prefix}:busts"  # hash: URL to the ticket of its last bust
        self._write = client.register_script(_WRITE)

    def read(self, url: str, owner: str) -> Cached:
        """The answer, and the ticket for a write that begins now."""
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hget(self._answers(url), owner)
            pipe.hget(self._tickets, url)
            body, ticket = pipe.execute()
        return Cached(body, (ticket or b"").decode())

    def write(self, url: str, owner: str, body: bytes, ticket: str, now_ms: int) -> bool:
        """Keep an answer; False, and not kept, when the URL was busted since `ticket` was read."""
        keys = [self._tickets, self._answers(url), self._when]
        with translated():
            return bool(self._write(keys=keys, args=[url, ticket, owner, body, now_ms]))

    def bust(self, urls: Collection[str], now_ms: int) -> None:
        """Drop the answers of these URLs, every owner's, and those that are being fetched."""
        if not urls:
            return
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(self._tickets, mapping=dict.fromkeys(urls, uuid4().hex))
            pipe.zadd(self._when, dict.fromkeys(urls, now_ms))
            pipe.delete(*map(self._answers, urls))
            pipe.execute()

    def forget(self, before_ms: int) -> None:
        """Drop answers written, and busts noted, before then."""
        with translated():
            old: Any = self._client.zrangebyscore(self._when, "-inf", f"({before_ms}")
            if old:
                with self._client.pipeline(transaction=True) as pipe:
                    pipe.hdel(self._tickets, *old)
                    pipe.delete(*(self._answers(url.decode()) for url in old))
                    pipe.zrem(self._when, *old)
                    pipe.execute()

    def _answers(self, url: str) -> str:
        return f"{self._prefix}:cached:{url}"
