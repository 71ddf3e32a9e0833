"""The lives of a log, and which subscriptions were sent what a later one lacks."""

from collections.abc import Mapping

from service_kit.clock import Clock

from bus.storage.transactions import REGISTRY_CHANGED, Driver

_NEWEST = "SELECT max(id) FROM log_epochs"
_BEGUN_SINCE = "SELECT min(begins_after) FROM log_epochs WHERE id > ?"
_WANT_RESYNC = (
    "INSERT INTO wanted_resyncs (subscription_id, first, last, since_ms)"
    " SELECT id, ?, ?, ? FROM subscriptions WHERE id = ?"
    " ON CONFLICT (subscription_id) DO UPDATE SET last = CASE"
    " WHEN wanted_resyncs.last > excluded.last THEN wanted_resyncs.last ELSE excluded.last END"
)


class Epochs:
    """On PostgreSQL, which fails over; an embedded database has one life until it is copied."""

    def __init__(self, driver: Driver, now_ms: Clock) -> None:
        self._driver = driver
        self._now_ms = now_ms

    def newest(self) -> int:
        """The number of the life that the log is in; 0 as long as nothing has ended one."""
        ((number,),) = self._driver.rows(_NEWEST)
        return int(number or 0)

    def tell_lost(self, epoch: int, sent_upto: Mapping[int, int]) -> int:
        """Of subscriptions, each of which was sent events up to a position in an epoch: have those
        told whose events a later epoch lacks. Returns the newest epoch. May be repeated."""
        newest = self.newest()
        if newest > epoch > 0:
            ((begins_after,),) = self._driver.rows(_BEGUN_SINCE, (epoch,))
            now_ms = self._now_ms()
            lost = [
                (begins_after + 1, upto, now_ms, subscription_id)
                for subscription_id, upto in sent_upto.items()
                if upto > begins_after
            ]
            if lost:
                with self._driver.writing() as statements:
                    statements.run_each(_WANT_RESYNC, lost)
                    statements.run(REGISTRY_CHANGED)
        return newest
