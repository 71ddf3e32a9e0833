"""Ids of handled events."""

from collections.abc import Collection

from redis import Redis

from bus_drain.storage.redis.errors import translated


class RedisSeen:
    """bus_drain.state.Seen in a sorted set."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = f"{prefix}:seen"  # sorted set: id by when

    def which(self, ids: Collection[str]) -> frozenset[str]:
        """Those of `ids` that were added."""
        if not ids:
            return frozenset()
        asked = list(ids)
        with translated():
            scores = self._client.zmscore(self._key, asked)
        return frozenset(id_ for id_, score in zip(asked, scores, strict=True) if score is not None)

    def add(self, ids: Collection[str], now_ms: int) -> None:
        """Remember these. Safe to repeat."""
        if ids:
            with translated():
                self._client.zadd(self._key, dict.fromkeys(ids, now_ms), nx=True)

    def forget(self, before_ms: int) -> None:
        """Drop what was added before then."""
        with translated():
            self._client.zremrangebyscore(self._key, "-inf", f"({before_ms}")
