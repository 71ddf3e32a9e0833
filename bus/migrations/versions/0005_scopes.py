"""What each token is good for; those there are stay good for all but administration."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    usual = "monitor publish subscribe"
    column = sa.Column("scopes", sa.String(length=64), nullable=False, server_default=usual)
    op.add_column("tokens", column)
