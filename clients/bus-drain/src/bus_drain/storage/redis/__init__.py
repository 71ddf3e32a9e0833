"""State in Redis 6.2 or newer."""

import redis
from service_kit.store_clock import StoreClock

from bus_drain.state import State
from bus_drain.storage.redis.cached import RedisCache
from bus_drain.storage.redis.errors import translated
from bus_drain.storage.redis.marks import RedisMarks
from bus_drain.storage.redis.newest import RedisNewest
from bus_drain.storage.redis.owner import RedisOwner
from bus_drain.storage.redis.runs import RedisJobRuns
from bus_drain.storage.redis.seen import RedisSeen

_TIMEOUT_S = 5


def open_redis_state(url: str, drain: str) -> State:
    """A drain's state in the Redis at `url`; keys begin with `bus_drain:`, with a name with
    `bus_drain@NAME:`."""
    prefix = f"bus_drain@{drain}" if drain else "bus_drain"
    client = redis.Redis.from_url(
        url, decode_responses=False, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
    )
    with translated():
        client.ping()
    return State(
        seen=RedisSeen(client, prefix),
        newest=RedisNewest(client, prefix),
        marks=RedisMarks(client, prefix),
        cache=RedisCache(client, prefix),
        runs=RedisJobRuns(client, prefix),
        owner=RedisOwner(client, prefix),
        close=client.close,
        clock=StoreClock(lambda: _time_ms(client)),
    )


def _time_ms(client: redis.Redis) -> int:
    with translated():
        seconds, microseconds = client.time()
    return int(seconds) * 1000 + int(microseconds) // 1000
