"""Whether what answers in PostgreSQL's words is one, and gives each client a session of its own."""

from typing import Any

from sqlalchemy import Connection, Engine

from service_kit.errors import ConfigError
from service_kit.outage import outages_translated

_OURS = "PostgreSQL"
_POOLED = (
    "gives a session to each transaction (pgbouncer: pool_mode=transaction); it must give one to"
    " each client (pool_mode=session), for who listens for news and for locks"
)


def check_engine(package: str, engine: Engine) -> None:
    """Raise ConfigError for an engine that lacks what events rest on: locks of a name of one's own,
    and LISTEN. Others speak PostgreSQL's protocol and pass over them without a word.

    StoreUnavailable when it doesn't answer.
    """
    with outages_translated(), engine.connect() as one, engine.connect() as other:
        version = str(one.exec_driver_sql("SELECT version()").scalar_one())
        if not version.startswith(_OURS) or "-YB-" in version:
            raise ConfigError([f"{package}: the database is no PostgreSQL: {version[:60]}"])
        if _is_shared(one, other):
            raise ConfigError([f"{package}: what stands before the database {_POOLED}"])


def _is_shared(one: Connection, other: Connection) -> bool:
    """Whether somebody who begins a transaction gets the session that another one had."""
    if _backend(one) == _said_backend(one):  # nobody stands between
        return False
    one.commit()
    before = _backend(one)
    one.commit()
    taken = _backend(other)  # stays in its transaction
    after = _backend(one)
    return before != after or taken == before


def _backend(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _said_backend(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)
