"""How long the parts of an attempt took, the events it held, and attempts wanted again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keeps what is there: of older attempts it is not known which events they held."""
    for name in ("connect_ms", "first_byte_ms", "total_ms"):
        op.add_column("attempts", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("attempts", sa.Column("positions", sa.Text(), nullable=True))
    op.add_column(
        "attempts", sa.Column("resend", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "wanted_resends",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("requested_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("wanted_resends_by_subscription", "wanted_resends", ["subscription_id"])
