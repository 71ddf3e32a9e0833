"""In which trace an event was announced."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Events that wait now belong to none."""
    for table in ("outbox", "refused_events"):
        op.add_column(table, sa.Column("traceparent", sa.String(55)))
