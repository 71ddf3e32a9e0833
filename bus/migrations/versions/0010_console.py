"""Who is signed in to the console, who tries to be, and dead letters by the page."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables and an index more."""
    op.create_table(
        "console_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("console_sessions_by_expiry", "console_sessions", ["expires_at_ms"])
    op.create_table(
        "console_sign_ins",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("console_sign_ins_by_network", "console_sign_ins", ["network", "at_ms"])
    op.create_index("dead_letters_by_subscription", "dead_letters", ["subscription_id", "id"])
