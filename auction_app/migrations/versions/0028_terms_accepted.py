"""When a member accepted the terms of use that they accepted last."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; so far that was at sign-up."""
    op.add_column("customers", sa.Column("terms_accepted_at_ms", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE customers SET terms_accepted_at_ms = created_at_ms WHERE terms_version IS NOT NULL"
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_column("customers", "terms_accepted_at_ms")
