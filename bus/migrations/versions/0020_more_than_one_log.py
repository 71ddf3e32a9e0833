"""Topics may be in another log than the registry's; that log's database has a copy of it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All topics there are stay where they are."""
    op.add_column("topics", sa.Column("log", sa.String(length=32), nullable=True))
    op.add_column("subscriptions", sa.Column("begun_at", sa.Text(), nullable=True))
    op.add_column("bus_state", sa.Column("log_name", sa.String(length=32), nullable=True))
    op.add_column("bus_state", sa.Column("copied_version", sa.BigInteger(), nullable=True))
