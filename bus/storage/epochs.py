"""The lives of a log, and which subscriptions were sent what a later one lacks."""

from collections.abc import Mapping

from service_kit.clock import Clock
from service_kit.database import is_sqlite
from sqlalchemy import insert, literal, select, update

from bus.log.event_log import KEPT_UPTO, new_identity
from bus.log.postgres_append import LOCK
from bus.storage.start_position import log_end
from bus.storage.tables import bus_state, log_epochs, subscriptions, wanted_resyncs
from bus.storage.transactions import REGISTRY_CHANGED, Driver, Registry

_IDENTITY = "SELECT log_identity FROM bus_state"
_WANT_RESYNC = (
    "INSERT INTO wanted_resyncs (subscription_id, first, last, since_ms)"
    " SELECT id, ?, ?, ? FROM subscriptions WHERE id = ?"
    " ON CONFLICT (subscription_id) DO UPDATE SET last = CASE"
    " WHEN wanted_resyncs.last > excluded.last THEN wanted_resyncs.last ELSE excluded.last END"
)
# What PostgreSQL calls the life that the connections are in stays the same.
_NAME = select(log_epochs.c.epoch).order_by(log_epochs.c.id.desc()).limit(1)


class Epochs:
    """PostgreSQL's are found by who connects, for it fails over; that an embedded database is a
    copy is known only to who put it there, and says so."""

    def __init__(self, driver: Driver, registry: Registry, now_ms: Clock) -> None:
        self._driver = driver
        self._registry = registry
        self._now_ms = now_ms

    def tell_lost(self, identity: str, sent_upto: Mapping[int, int]) -> str:
        """Of subscriptions, each of which was sent events up to a position of the log of that
        identity ("": of none yet): have those told whose events the log lacks now. Returns its
        identity. May be repeated."""
        ((newest,),) = self._driver.rows(_IDENTITY)
        if identity not in {"", newest}:
            ((kept_upto,),) = self._driver.rows(KEPT_UPTO, (identity,))
            now_ms = self._now_ms()
            lost = [
                (kept_upto + 1, upto, now_ms, subscription_id)
                for subscription_id, upto in sent_upto.items()
                if upto > kept_upto
            ]
            if lost:
                with self._driver.writing() as statements:
                    statements.run_each(_WANT_RESYNC, lost)
                    statements.run(REGISTRY_CHANGED)
        return str(newest)

    def begin(self) -> int:
        """The store was put back from a copy: the log goes on under another identity, and all
        subscriptions are told that it lacks what they may have been sent. Returns the position
        after which it begins. Nothing of the bus may run."""
        identity = new_identity()
        with self._registry.changing() as connection:
            if not is_sqlite(connection.engine):
                connection.exec_driver_sql(LOCK)  # nobody appends meanwhile
            end = log_end(connection)
            name = connection.execute(_NAME).scalar() or ""
            connection.execute(update(bus_state).values(log_identity=identity))
            begun = {"epoch": name, "begins_after": end, "identity": identity}
            connection.execute(insert(log_epochs).values(begun))
            told = (literal(one) for one in (end + 1, end + 1, self._now_ms()))
            everybody = select(subscriptions.c.id, *told).where(
                subscriptions.c.id.not_in(select(wanted_resyncs.c.subscription_id))
            )
            columns = ["subscription_id", "first", "last", "since_ms"]
            connection.execute(insert(wanted_resyncs).from_select(columns, everybody))
        return end
