"""Where a drain's state lives: SQLite, PostgreSQL or Redis, by URL."""

import re
from dataclasses import replace

from service_kit.extras import needs

from bus_drain.errors import BadSettings
from bus_drain.state import State

_NAME = re.compile("[a-z][a-z0-9_]{0,31}")


def open_state(url: str, *, drain: str = "") -> State:
    """The state at `url` of the drain of this name, its tables made or brought up to date.

    May be called in every process of that drain, and of those that work for it. Several drains may
    have one database, if each has a name of its own: 1 to 32 of `[a-z0-9_]`, a letter first.

    | URL                                        | needs                            |
    |--------------------------------------------|----------------------------------|
    | `sqlite:///PATH`                           | `bus-drain[sqlalchemy]`          |
    | `postgresql://USER@HOST/NAME`              | `bus-drain[sqlalchemy]`, psycopg |
    | `redis://HOST/0`, `rediss://`, `unix://PATH` | `bus-drain[redis]`             |

    SQLite and PostgreSQL have every write on disk before it returns, but for what was handled
    (seen, newest), which a power failure may take. Redis keeps all as safe as its `appendfsync`
    says.

    Raises BadSettings for another URL, another name or the state of a newer bus-drain,
    StateUnavailable; ImportError where the extra is missing.
    """
    if drain and not _NAME.fullmatch(drain):
        raise BadSettings("a drain's name is 1 to 32 of a to z, 0 to 9 and _, a letter first")
    scheme = url.partition(":")[0]
    if scheme in {"sqlite", "postgresql", "postgresql+psycopg"}:
        with needs("bus-drain[sqlalchemy]"):
            from bus_drain.storage.sql import open_sql_state

        return replace(open_sql_state(url, drain), url=url, drain=drain)
    if scheme in {"redis", "rediss", "unix"}:
        with needs("bus-drain[redis]"):
            from bus_drain.storage.redis import open_redis_state

        return replace(open_redis_state(url, drain), url=url, drain=drain)
    raise BadSettings(f"no engine for a state at {scheme}:")
