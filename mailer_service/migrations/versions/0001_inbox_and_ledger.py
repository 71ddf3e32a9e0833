"""The inbox, its dead letters and the ledger of mails."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", _Id, primary_key=True),
        sa.Column("url", sa.String(1024), nullable=False, unique=True),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sa.Column("traceparent", sa.String(55), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_due", "inbox", ["due_at_ms"])
    op.create_table(
        "dead_letters",
        sa.Column("id", _Id, primary_key=True),
        sa.Column("url", sa.String(1024), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sa.Column("died_at_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mails",
        sa.Column("id", _Id, primary_key=True),
        sa.Column("entity_url", sa.String(1024), nullable=False),
        sa.Column("kind", sa.String(128), nullable=False),
        sa.Column("recipient_url", sa.String(1024), nullable=False),
        sa.Column("letter", sa.Text),
        sa.Column("traceparent", sa.String(55), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sa.Column("sent_at_ms", sa.BigInteger),
        sa.Column("given_up_at_ms", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.Column("due_at_ms", sa.BigInteger),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("entity_url", "kind", "recipient_url", name="uq_mails_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mails_due", "mails", ["due_at_ms"])


def downgrade() -> None:
    for table in ("mails", "dead_letters", "inbox"):
        op.drop_table(table)
