"""Whose state it is."""

from redis import Redis
from service_kit.tokens import digest

from bus_drain.storage.redis.errors import translated


class RedisOwner:
    """bus_drain.state.Owner in a key."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = f"{prefix}:owner"

    def claim(self, uuid: str) -> bool:
        """Whether the state is this drain's: the first that asks has it."""
        with translated():
            self._client.setnx(self._key, digest(uuid))
            return self._client.get(self._key) == digest(uuid).encode()

    def release(self) -> None:
        """Let the next that asks have it, with all that it remembers."""
        with translated():
            self._client.delete(self._key)
