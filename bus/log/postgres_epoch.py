"""Which life of the database a connection leads to: a standby that was promoted may lack the
newest events, and so may a copy that was restored (docs/delivery.md D22)."""

from typing import Any

from service_kit.logs import get_logger

from bus.log.connections import check_committed
from bus.log.event_log import KEPT_UPTO, new_identity
from bus.log.postgres_append import LOCK

log = get_logger(__name__)

# The server, its timeline, which moves with each promotion, and the database and its table, which
# are others once they were dropped and restored.
_LOOK = (
    "SELECT here.epoch, last.epoch, last.identity FROM (SELECT"
    " concat_ws('/', system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " 'bus_state'::regclass::oid) AS epoch FROM pg_control_system()) AS here"
    " LEFT JOIN (SELECT epoch, identity FROM log_epochs ORDER BY id DESC LIMIT 1) AS last"
    " ON true"
)
_BEGIN_EPOCH = (
    "INSERT INTO log_epochs (epoch, begins_after, identity) SELECT %s,"
    " (SELECT coalesce(max(position), 0) FROM events), log_identity FROM bus_state"
    " RETURNING begins_after, identity"
)
_KEPT_UPTO = KEPT_UPTO.replace("?", "%s")
_BEGIN_LOG = "UPDATE bus_state SET log_identity = %s, registry_version = registry_version + 1"


def enter_epoch(connection: Any) -> str:
    """Before anything is read or written over a new connection: where it leads to another life of
    the log than the last, write that down, and give the log a new identity. Returns the identity.

    One transaction, under the lock of the log: whoever comes later finds it done, and nobody has
    appended to that life before.
    """
    here, last, identity = connection.execute(_LOOK).fetchone()
    return str(identity) if here == last else _begin(connection)


def kept_upto(connection: Any, identity: str) -> int:
    """The last position that the log still has of an epoch that has ended."""
    (position,) = connection.execute(_KEPT_UPTO, (identity,)).fetchone()
    return int(position)


def _begin(connection: Any) -> str:
    connection.execute("BEGIN")
    connection.execute(LOCK)
    here, last, identity = connection.execute(_LOOK).fetchone()
    if here != last:
        if last is not None:
            connection.execute(_BEGIN_LOG, (new_identity(),))
        begins_after, identity = connection.execute(_BEGIN_EPOCH, (here,)).fetchone()
        if last is not None:
            log.warning("log begins anew", epoch=here, before=last, after=begins_after)
    check_committed(connection, connection.execute("COMMIT"))
    return str(identity)
