"""Which message a decision of a moderator is about."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    with op.batch_alter_table("decisions") as batch:
        batch.add_column(sa.Column("message_id", sa.String(length=16), nullable=True))
        batch.create_foreign_key(
            "fk_decisions_message_id", "order_messages", ["message_id"], ["id"]
        )
    op.create_index("ix_decisions_message", "decisions", ["message_id"])


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_decisions_message", "decisions")
    with op.batch_alter_table("decisions") as batch:
        batch.drop_constraint("fk_decisions_message_id", type_="foreignkey")
        batch.drop_column("message_id")
