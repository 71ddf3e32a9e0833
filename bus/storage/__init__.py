"""What the bus remembers: the log, and the registry around it."""

from service_kit.clock import Clock
from service_kit.database import check_alive, check_migrated, connect, is_sqlite, reading
from service_kit.errors import ConfigError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bus.storage.clients import Clients
from bus.storage.deliveries import Deliveries
from bus.storage.event_log import Bell, EventLog
from bus.storage.postgres_log import PostgresLog
from bus.storage.sqlite_log import SqliteLog
from bus.storage.state import log_identity
from bus.storage.subscriptions import Subscriptions
from bus.storage.topics import Topics

__all__ = ["Bell", "EventLog", "Storage", "open_storage"]


class Storage:
    """The parts of the store, over one database."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self.log = _log(engine, now_ms)
        self.clients = Clients(engine, now_ms)
        self.topics = Topics(engine)
        self.subscriptions = Subscriptions(engine, now_ms)
        self.deliveries = Deliveries(engine)

    def ring(self) -> None:
        """Wake pushers: a subscription changed."""
        self.log.ring()

    def check_alive(self) -> None:
        """A readiness check: raises when the database does not answer."""
        check_alive(self._engine)

    def close(self) -> None:
        """Close the connections."""
        self.log.close()
        self._engine.dispose()


def open_storage(url: str, now_ms: Clock) -> Storage:
    """The store at a database URL.

    Raises ConfigError or NotMigrated with a line that says what to do when it can't be used.
    """
    engine = connect(url)
    try:
        check_migrated("bus", engine)
    except SQLAlchemyError as error:
        raise ConfigError([f"BUS_DATABASE_URL: {str(error).splitlines()[0]}"]) from error
    return Storage(engine, now_ms)


def _log(engine: Engine, now_ms: Clock) -> EventLog:
    kind = SqliteLog if is_sqlite(engine) else PostgresLog
    with reading(engine) as connection:
        return kind(engine, now_ms, log_identity(connection))
