"""When a notice was stored, which may be long after what it tells of."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody waits for those that are there."""
    op.add_column("notices", sa.Column("noted_at_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forgets it."""
    op.drop_column("notices", "noted_at_ms")
