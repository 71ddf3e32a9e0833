"""Room for the names of more formats."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROOM = sa.String(32)


def upgrade() -> None:
    """Keeps what is there."""
    if op.get_bind().dialect.name == "sqlite":
        _copy()
    else:
        op.alter_column("subscriptions", "format", type_=_ROOM, existing_type=sa.String(16))


def _copy() -> None:
    """SQLite changes no column, and a batch would make the table anew: its numbers must not begin
    again."""
    wider = sa.Column("wider_format", _ROOM, nullable=False, server_default="routemaster")
    op.add_column("subscriptions", wider)
    op.execute("UPDATE subscriptions SET wider_format = format")
    op.execute("ALTER TABLE subscriptions DROP COLUMN format")
    op.execute("ALTER TABLE subscriptions RENAME COLUMN wider_format TO format")
