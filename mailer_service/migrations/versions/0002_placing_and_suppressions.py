"""Stages of a mail, priorities, and addresses that are not written to any more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LOOK_AGAIN = """
    INSERT INTO inbox (url, topic, received_at_ms, traceparent, due_at_ms, version, attempts)
    SELECT entity_url,
           min(CASE WHEN kind LIKE 'verify-email:%' THEN 'customers'
                    WHEN kind IN ('new-bid', 'outbid') THEN 'bids'
                    ELSE 'biddings' END),
           min(created_at_ms), min(traceparent), min(created_at_ms), 1, 0
    FROM mails
    WHERE due_at_ms IS NOT NULL AND entity_url NOT IN (SELECT url FROM inbox)
    GROUP BY entity_url
"""


def upgrade() -> None:
    op.drop_index("ix_inbox_due", "inbox")
    op.drop_index("ix_mails_due", "mails")
    with op.batch_alter_table("inbox") as table:
        table.add_column(sa.Column("priority", sa.Integer, nullable=False, server_default="1"))
    _look_again_at_what_was_not_sent()
    with op.batch_alter_table("mails") as table:
        table.add_column(sa.Column("auction_url", sa.String(1024)))
        table.add_column(sa.Column("stage", sa.String(16), nullable=False, server_default="done"))
        table.add_column(sa.Column("outcome", sa.String(16)))
        table.add_column(sa.Column("notice", sa.Text))
        table.add_column(sa.Column("held_for", sa.BigInteger))
        table.add_column(sa.Column("placed_at_ms", sa.BigInteger))
        table.add_column(sa.Column("ended_at_ms", sa.BigInteger))
        table.add_column(sa.Column("priority", sa.Integer, nullable=False, server_default="2"))
    op.execute(
        "UPDATE mails SET outcome = CASE WHEN sent_at_ms IS NULL THEN 'refused' ELSE 'sent' END,"
        " placed_at_ms = sent_at_ms, ended_at_ms = coalesce(sent_at_ms, given_up_at_ms)"
    )
    with op.batch_alter_table("mails") as table:
        table.drop_column("given_up_at_ms")
        table.alter_column("stage", server_default=None)
        table.alter_column("priority", server_default=None)
    with op.batch_alter_table("inbox") as table:
        table.alter_column("priority", server_default=None)
    op.create_index("ix_inbox_due", "inbox", ["priority", "due_at_ms"])
    op.create_index("ix_mails_due", "mails", ["stage", "priority", "due_at_ms"])
    op.create_index("ix_mails_placed", "mails", ["recipient_url", "placed_at_ms"])
    op.create_index("ix_mails_held", "mails", ["held_for"])
    op.create_table(
        "suppressions",
        sa.Column("customer_url", sa.String(1024), primary_key=True),
        sa.Column("address", sa.String(512), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
    )


def _look_again_at_what_was_not_sent() -> None:
    # Letters had another shape. Their entities are still there to be asked, and what was sent
    # stays in the ledger.
    op.execute(_LOOK_AGAIN)
    op.execute("DELETE FROM mails WHERE due_at_ms IS NOT NULL")


def downgrade() -> None:
    raise NotImplementedError("letters that wait can't be told in the old way")
