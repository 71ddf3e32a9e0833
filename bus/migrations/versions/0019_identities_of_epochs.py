"""Each life of the log is known by the identity that its positions are told with."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NEWEST = (
    "UPDATE log_epochs SET identity = (SELECT log_identity FROM bus_state)"
    " WHERE id = (SELECT max(id) FROM log_epochs)"
)
_FIRST = (
    "INSERT INTO log_epochs (epoch, begins_after, identity) SELECT '', 0, log_identity"
    " FROM bus_state WHERE NOT EXISTS (SELECT 1 FROM log_epochs)"
)


def upgrade() -> None:
    """Of lives from before nobody knows it. PostgreSQL's first is written with its first
    connection, which knows what the server calls itself."""
    column = sa.Column("identity", sa.String(length=16), nullable=False, server_default="")
    op.add_column("log_epochs", column)
    op.execute(_NEWEST)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FIRST)
