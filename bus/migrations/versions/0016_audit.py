"""Who did what, and what a topic is about."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of what was done before."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("on", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_time", "audit", ["at_ms"])
    op.create_index("audit_by_owner", "audit", ["owner", "id"])
    op.create_index("audit_by_client", "audit", ["client", "id"])
    op.add_column("topics", sa.Column("description", sa.Text(), nullable=True))
    op.add_column("topics", sa.Column("schema", sa.Text(), nullable=True))
