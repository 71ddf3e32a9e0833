"""Counts that are kept, where they were counted: what is parked, what is dead, and how much of a
snapshot lies ahead of a cursor. Looking at a subscription costs the same however much that is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Counts what there is, once."""
    for table in ("parked_events", "dead_letters"):
        column = sa.Column(table, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("cursors", column)
        op.execute(
            f"UPDATE cursors SET {table} = (SELECT count(*) FROM {table}"  # noqa: S608
            f" WHERE {table}.subscription_id = cursors.subscription_id)"
        )
    number = sa.Column("number", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("snapshots", number)
    op.execute(
        "UPDATE snapshots SET number = counted.number FROM (SELECT subscription_id, position,"
        " row_number() OVER (PARTITION BY subscription_id ORDER BY position) AS number"
        " FROM snapshots) AS counted WHERE counted.subscription_id = snapshots.subscription_id"
        " AND counted.position = snapshots.position"
    )
    op.create_index("dead_letters_by_redrive", "dead_letters", ["redrive_at_ms", "subscription_id"])
