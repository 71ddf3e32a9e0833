"""An address is believed to be dead the second time, and for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NINETY_DAYS_MS = 90 * 24 * 3_600_000


def upgrade() -> None:
    op.add_column(
        "suppressions",
        sa.Column("first_ms", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.add_column("suppressions", sa.Column("until_ms", sa.BigInteger))
    stored = sa.table("suppressions", sa.column("since_ms"), sa.column("until_ms"))
    op.execute(stored.update().values(until_ms=stored.c.since_ms + _NINETY_DAYS_MS))


def downgrade() -> None:
    with op.batch_alter_table("suppressions") as table:
        table.drop_column("until_ms")
        table.drop_column("first_ms")
