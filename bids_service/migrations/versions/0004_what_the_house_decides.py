"""Biddings that the house has frozen, and bidders whom it has barred."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_still_open = sa.text("outcome IS NULL AND frozen_at_ms IS NULL")
_still_frozen = sa.text("frozen_at_ms IS NOT NULL")


def upgrade() -> None:
    """Adds the columns; the closing sweep's index passes over what is frozen."""
    op.add_column("biddings", sa.Column("frozen_at_ms", sa.BigInteger()))
    op.add_column(
        "biddings",
        sa.Column("given_back_ms", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("biddings", sa.Column("barred", sa.Text()))
    op.drop_index("biddings_open_by_end", "biddings")
    op.create_index(
        "biddings_open_by_end",
        "biddings",
        ["ends_at_ms", "id"],
        sqlite_where=_still_open,
        postgresql_where=_still_open,
    )
    op.create_index(
        "biddings_frozen",
        "biddings",
        ["frozen_at_ms", "id"],
        sqlite_where=_still_frozen,
        postgresql_where=_still_frozen,
    )
