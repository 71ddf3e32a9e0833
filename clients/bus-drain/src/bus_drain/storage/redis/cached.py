"""Cached answers."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from redis import Redis

from bus_drain.state import Cached
from bus_drain.storage.redis.errors import translated

_WHEN = "bus_drain:cache_at"  # sorted set: URL by when it was written or busted
_TICKETS = "bus_drain:busts"  # hash: URL to the ticket of its last bust

_WRITE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
return 1
"""


class RedisCache:
    """bus_drain.state.CacheStore in a hash a URL."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._write = client.register_script(_WRITE)

    def read(self, url: str, owner: str) -> Cached:
        """The answer, and the ticket for a write that begins now."""
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hget(_answers(url), owner)
            pipe.hget(_TICKETS, url)
            body, ticket = pipe.execute()
        return Cached(body, (ticket or b"").decode())

    def write(self, url: str, owner: str, body: bytes, ticket: str, now_ms: int) -> bool:
        """Keep an answer; False, and not kept, when the URL was busted since `ticket` was read."""
        keys = [_TICKETS, _answers(url), _WHEN]
        with translated():
            return bool(self._write(keys=keys, args=[url, ticket, owner, body, now_ms]))

    def bust(self, urls: Collection[str], now_ms: int) -> None:
        """Drop the answers of these URLs, every owner's, and those that are being fetched."""
        if not urls:
            return
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(_TICKETS, mapping=dict.fromkeys(urls, uuid4().hex))
            pipe.zadd(_WHEN, dict.fromkeys(urls, now_ms))
            pipe.delete(*map(_answers, urls))
            pipe.execute()

    def forget(self, before_ms: int) -> None:
        """Drop answers written, and busts noted, before then."""
        with translated():
            old: Any = self._client.zrangebyscore(_WHEN, "-inf", f"({before_ms}")
            if old:
                with self._client.pipeline(transaction=True) as pipe:
                    pipe.hdel(_TICKETS, *old)
                    pipe.delete(*(_answers(url.decode()) for url in old))
                    pipe.zrem(_WHEN, *old)
                    pipe.execute()


def _answers(url: str) -> str:
    return f"bus_drain:cached:{url}"
