"""Keep bidders' masks and what can be done with a bidding as bids_service tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bids",
        sa.Column("masked_bidder", sa.String(length=32), nullable=False, server_default=""),
    )
    with op.batch_alter_table("biddings") as biddings:
        biddings.add_column(
            sa.Column("possible", sa.String(length=80), nullable=False, server_default="")
        )
        biddings.drop_column("can_buy_now")
    # Neither is known of what is here: the sweep finds all of these and fetches them anew.
    op.execute("UPDATE biddings SET known_bids = -1, fetched_at_ms = 0")


def downgrade() -> None:
    with op.batch_alter_table("biddings") as biddings:
        biddings.drop_column("possible")
        biddings.add_column(
            sa.Column("can_buy_now", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.drop_column("bids", "masked_bidder")
