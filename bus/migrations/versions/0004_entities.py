"""Where each entity was last told about, so that coalescing needn't read a whole backlog."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begins with what the log holds: that is read once, seconds for millions of events."""
    op.create_table(
        "entities",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "url", "type"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO entities (topic, url, type, position)"
        " SELECT topic, url, type, max(position) FROM events GROUP BY topic, url, type"
    )
    op.create_index("entities_by_position", "entities", ["position"])
