"""Where a drain's state lives: SQLite, PostgreSQL or Redis, by URL."""

from dataclasses import replace

from bus_drain.errors import BadSettings
from bus_drain.state import State


def open_state(url: str) -> State:
    """The state at `url`, its tables made or brought up to date. May be called in every process of
    one drain; another drain needs a state of its own, also in the same process.

    | URL                                        | needs                            |
    |--------------------------------------------|----------------------------------|
    | `sqlite:///PATH`                           | `bus-drain[sqlalchemy]`          |
    | `postgresql://USER@HOST/NAME`              | `bus-drain[sqlalchemy]`, psycopg |
    | `redis://HOST/0`, `rediss://`, `unix://PATH` | `bus-drain[redis]`             |

    SQLite and PostgreSQL have every write on disk before it returns, but for what was handled
    (seen, newest), which a power failure may take. Redis keeps all as safe as its `appendfsync`
    says.

    Raises BadSettings for another URL or the state of a newer bus-drain, StateUnavailable.
    """
    scheme = url.partition(":")[0]
    if scheme in {"sqlite", "postgresql", "postgresql+psycopg"}:
        from bus_drain.storage.sql import open_sql_state

        return replace(open_sql_state(url), url=url)
    if scheme in {"redis", "rediss", "unix"}:
        from bus_drain.storage.redis import open_redis_state

        return replace(open_redis_state(url), url=url)
    raise BadSettings(f"no engine for a state at {scheme}:")
