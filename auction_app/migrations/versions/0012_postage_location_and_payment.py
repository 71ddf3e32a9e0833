"""What postage costs, where an item is, and how its seller takes payment."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "auctions", sa.Column("delivery", sa.String(12), nullable=False, server_default="ask")
    )
    op.add_column("auctions", sa.Column("postage_minor", sa.BigInteger))
    for name in ("location", "payment"):
        op.add_column("auctions", sa.Column(name, sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("payment", "location", "postage_minor", "delivery"):
        op.drop_column("auctions", name)
