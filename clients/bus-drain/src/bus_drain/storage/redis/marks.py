"""Which URLs are dirty."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import uuid4

from redis import Redis

from bus_drain.state import Mark
from bus_drain.storage.redis.errors import translated

_REMOVE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
"""


class RedisMarks:
    """bus_drain.state.Marks in a hash and a sorted set."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._tokens = f"{prefix}:marks"  # hash: URL to token
        self._oldest = f"{prefix}:marks_at"  # sorted set: URL by when it was marked first
        self._remove = client.register_script(_REMOVE)

    def set(self, urls: Collection[str], now_ms: int) -> None:
        """Mark these. A URL that is marked already keeps its place and gets a new token."""
        if not urls:
            return
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hset(self._tokens, mapping=dict.fromkeys(urls, uuid4().hex))
            pipe.zadd(self._oldest, dict.fromkeys(urls, now_ms), nx=True)
            pipe.execute()

    def waiting(self, limit: int | None = None) -> Sequence[Mark]:
        """The marks, the oldest first."""
        with translated():
            urls: Any = self._client.zrange(self._oldest, 0, -1 if limit is None else limit - 1)
            tokens: Any = self._client.hmget(self._tokens, urls) if urls else []
        return [
            Mark(url.decode(), token.decode())
            for url, token in zip(urls, tokens, strict=True)
            if token is not None  # cleaned between the two questions
        ]

    def of(self, url: str) -> Mark | None:
        """The mark of this URL, if it has one."""
        with translated():
            token: Any = self._client.hget(self._tokens, url)
        return None if token is None else Mark(url, token.decode())

    def remove(self, mark: Mark) -> bool:
        """Remove exactly this mark; False when the URL has been marked anew or cleaned since."""
        with translated():
            return bool(
                self._remove(keys=[self._tokens, self._oldest], args=[mark.url, mark.token])
            )

    def count(self) -> int:
        """How many URLs are dirty."""
        with translated():
            return int(self._client.hlen(self._tokens))
