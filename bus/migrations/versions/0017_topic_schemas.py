"""A topic's schema is what its events are judged by."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Schemas from before were never looked at and refused nothing: whoever owns the topic sets
    its schema again, and hears then whether events can be judged by it."""
    op.add_column("topics", sa.Column("schema_digest", sa.String(length=32), nullable=True))
    op.execute("UPDATE topics SET schema = NULL")
