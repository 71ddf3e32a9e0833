"""Which life of the database a connection leads to: a standby that was promoted may lack the
newest events, and so may a copy that was restored (docs/delivery.md D22)."""

import secrets
from typing import Any

from service_kit.logs import get_logger

from bus.log.connections import check_committed
from bus.log.event_log import Epoch
from bus.log.postgres_append import LOCK

log = get_logger(__name__)

_IDENTITY_BYTES = 4

# The server, its timeline, which moves with each promotion, and the database and its table, which
# are others once they were dropped and restored.
_LOOK = (
    "SELECT here.epoch, last.epoch, last.id FROM (SELECT"
    " concat_ws('/', system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " 'bus_state'::regclass::oid) AS epoch FROM pg_control_system()) AS here"
    " LEFT JOIN (SELECT id, epoch FROM log_epochs ORDER BY id DESC LIMIT 1) AS last ON true"
)
_BEGIN_EPOCH = (
    "INSERT INTO log_epochs (epoch, begins_after) SELECT %s, coalesce(max(position), 0)"
    " FROM events RETURNING id, begins_after"
)
_KEPT_UPTO = (
    "SELECT coalesce((SELECT min(begins_after) FROM log_epochs WHERE id > %s),"
    " (SELECT begins_after FROM log_epochs ORDER BY id DESC LIMIT 1), 0)"
)
_BEGIN_LOG = "UPDATE bus_state SET log_identity = %s, registry_version = registry_version + 1"


def enter_epoch(connection: Any) -> Epoch:
    """Before anything is read or written over a new connection: where it leads to another life of
    the log than the last, write that down, and give the log a new identity. Returns which it is.

    One transaction, under the lock of the log: whoever comes later finds it done, and nobody has
    appended to that life before.
    """
    here, last, number = connection.execute(_LOOK).fetchone()
    return Epoch(number if here == last else _begin(connection), here)


def kept_upto(connection: Any, epoch: Epoch) -> int:
    """The last position that the log still has of an epoch that has ended."""
    (position,) = connection.execute(_KEPT_UPTO, (epoch.number,)).fetchone()
    return int(position)


def _begin(connection: Any) -> int:
    connection.execute("BEGIN")
    connection.execute(LOCK)
    here, last, number = connection.execute(_LOOK).fetchone()
    if here != last:
        number, begins_after = connection.execute(_BEGIN_EPOCH, (here,)).fetchone()
        if last is not None:
            connection.execute(_BEGIN_LOG, (secrets.token_hex(_IDENTITY_BYTES),))
            log.warning("log begins anew", epoch=here, before=last, after=begins_after)
    check_committed(connection, connection.execute("COMMIT"))
    return int(number)
