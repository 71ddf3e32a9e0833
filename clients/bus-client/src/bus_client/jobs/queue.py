"""huey's queue by URL: SQLite, Redis or PostgreSQL."""

from collections.abc import Callable
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

from bus_client.errors import BadConnection, BusUnavailable

NAME = "bus"
_ANSWER_S = 5.0  # who publishes or looks may be a request


def open_queue(url: str) -> Huey:
    """The queue in the database at `url`, made where it is missing.

    Raises BadConnection when it can be in none, BusUnavailable when that gives no answer.
    """
    scheme = url.partition(":")[0]
    try:
        return _ENGINES[scheme](url)
    except BadConnection:
        raise
    except Exception as error:  # whatever the engine raises; its words may hold a password
        why = type(error).__name__
        raise BusUnavailable(f"the queue at {scheme}: gives no answer ({why})") from error


def _sqlite(url: str) -> Huey:
    return SqliteHuey(NAME, results=False, filename=url.removeprefix("sqlite:///"), timeout=10)


def _redis(url: str) -> Huey:
    if urlsplit(url).hostname is None and not url.startswith("unix:///"):
        raise BadConnection("huey:redis: needs a host, as in huey:redis://localhost/0")
    return RedisHuey(NAME, results=False, url=url, read_timeout=1)


def _postgresql(url: str) -> Huey:
    from service_kit.compat.psycopg import opener  # its driver is an extra

    url = url.replace("postgresql+psycopg:", "postgresql:")
    huey = PostgresHuey(NAME, results=False, connection=opener(url, answer_s=_ANSWER_S))
    # A worker listens over a connection of its own, and leaves it to the garbage collector.
    huey.on_shutdown("close")(huey.storage.close)
    return huey


_ENGINES: dict[str, Callable[[str], Huey]] = {
    "sqlite": _sqlite,
    "redis": _redis,
    "rediss": _redis,
    "unix": _redis,
    "postgresql": _postgresql,
    "postgresql+psycopg": _postgresql,
}
