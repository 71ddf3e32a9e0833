"""How often a photo was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    attempts = sa.Column("attempts", sa.Integer, nullable=False, server_default="0")
    op.add_column("draft_photos", attempts)


def downgrade() -> None:
    op.drop_column("draft_photos", "attempts")
