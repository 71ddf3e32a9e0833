"""The store over one database: a log, and the registry around it."""

from collections.abc import Callable
from pathlib import Path

from service_kit.clock import Clock
from service_kit.database import connect, is_sqlite, parsed
from service_kit.outage import outages_translated
from service_kit.schema import check_ready
from sqlalchemy import Engine, inspect

from bus.log.event_log import EventLog
from bus.storage.attempts import Attempts
from bus.storage.audit import Audit
from bus.storage.clients import Clients
from bus.storage.console_sessions import ConsoleSessions
from bus.storage.dead_letters import DeadLetters
from bus.storage.entity_index import EntityIndex
from bus.storage.epochs import Epochs
from bus.storage.history import History
from bus.storage.lagging import Lagging
from bus.storage.latency import Latencies
from bus.storage.leases import Leases
from bus.storage.overview import Overviews
from bus.storage.parked import ParkedEntities
from bus.storage.pulls import Pulls
from bus.storage.resends import Resends
from bus.storage.seeks import Seeks
from bus.storage.settlements import Settlements
from bus.storage.snapshots import Snapshots
from bus.storage.subscriptions import Subscriptions
from bus.storage.tables import bus_state
from bus.storage.token_uses import TokenUses
from bus.storage.topics import Topics
from bus.storage.transactions import Driver, Registry

_IDENTITY = "SELECT log_identity FROM bus_state"


class Storage:
    """The parts of the store, over one database. All raise StoreUnavailable while that can't be
    used."""

    def __init__(
        self,
        engine: Engine,
        now_ms: Clock,
        follow: Callable[[], None] = lambda: None,
        *,
        is_home: bool = True,
    ) -> None:
        """`follow` is called when the registry has changed, for the logs that have a copy; where
        that is, it `is_home` no more."""
        self.engine = engine
        self.log = _log(engine, now_ms, claims=is_home)
        self.audit = Audit(engine, now_ms)
        self.registry = registry = Registry(engine, self.log.notify, self.audit.record, follow)
        self.clients = Clients(engine, registry, now_ms)
        self.token_uses = TokenUses(engine, now_ms)
        self.topics = Topics(engine, registry)
        self.subscriptions = Subscriptions(engine, registry, now_ms)
        self.overviews = Overviews(engine, now_ms)
        self._driver = Driver(engine)
        self._identified: tuple[int, str] | None = None
        self.epochs = Epochs(self._driver, registry, now_ms)
        self.leases = Leases(engine, self._driver, now_ms)
        self.lagging = Lagging(engine, self._driver, self.overviews, self.log.notify)
        self.settlements = Settlements(self._driver, self.log.notify)
        self.pulls = Pulls(engine, self._driver, now_ms)
        self.parked = ParkedEntities(engine, self._driver, registry, now_ms)
        self.dead_letters = DeadLetters(engine, registry, now_ms)
        self.attempts = Attempts(engine, self._driver)
        self.resends = Resends(self._driver, registry, now_ms)
        self.entity_index = EntityIndex(engine, self._driver)
        self.history = History(self._driver)
        self.latencies = Latencies(self._driver)
        self.snapshots = Snapshots(self._driver)
        self.seeks = Seeks(engine, self.snapshots)
        self.console_sessions = ConsoleSessions(engine, now_ms)

    @property
    def log_identity(self) -> str:
        """The name of this log, made when its tables were, and anew with each life of it."""
        breaks = self.breaks
        if self._identified is None or self._identified[0] != breaks:
            ((identity,),) = self._driver.rows(_IDENTITY)
            self._identified = breaks, str(identity)
        return self._identified[1]

    @property
    def breaks(self) -> int:
        """How often a connection was found broken: what was read before may be of another life of
        the database."""
        return self.log.breaks + self._driver.breaks

    def check_ready(self) -> None:
        """A readiness check: raises unless this version's tables are there, and can be written."""
        check_ready("bus", self.engine)

    def close(self) -> None:
        """Close the connections."""
        self.token_uses.close()
        self.log.close()
        self._driver.close()
        self.engine.dispose()


def open_storage(url: str, now_ms: Clock) -> Storage:
    """The store at a database URL. Opens no connection yet."""
    return Storage(connect(url), now_ms)


def is_made(url: str) -> bool:
    """Whether there are tables at a database URL; makes no file to find out. Raises
    StoreUnavailable."""
    path = parsed(url).database
    if url.startswith("sqlite") and not (path and Path(path).exists()):
        return False
    engine = connect(url)
    try:
        with outages_translated():
            return inspect(engine).has_table(bus_state.name)
    finally:
        engine.dispose()


def _log(engine: Engine, now_ms: Clock, *, claims: bool) -> EventLog:
    if is_sqlite(engine):
        from bus.log.sqlite import SqliteLog

        return SqliteLog(engine, now_ms, claims=claims)
    from bus.log.postgres import PostgresLog  # needs a driver that is an extra

    return PostgresLog(engine, now_ms, claims=claims)
