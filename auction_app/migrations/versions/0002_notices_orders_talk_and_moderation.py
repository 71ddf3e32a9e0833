"""Notices, orders, questions, feedback, moderation, and what an account needs beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_failed_sign_ins_subject", "failed_sign_ins")
    op.rename_table("failed_sign_ins", "attempts")
    op.create_index("ix_attempts_subject", "attempts", ["subject", "at_ms"])
    op.create_table(
        "audit_trail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=1024), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "notice_preferences",
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("customer_id", "kind"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=1024), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("read_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["auction_id"],
            ["auctions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "kind", "about"),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_latest", ["customer_id", "at_ms", "id"], unique=False)
        batch_op.create_index(
            "ix_notices_unread",
            ["customer_id"],
            unique=False,
            sqlite_where=sa.text("read_at_ms IS NULL"),
            postgresql_where=sa.text("read_at_ms IS NULL"),
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sold_by", sa.String(length=1024), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("seller_id", sa.String(length=16), nullable=False),
        sa.Column("buyer_id", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["auction_id"],
            ["auctions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sold_by"),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_auction", ["auction_id"], unique=False)
        batch_op.create_index("ix_orders_buyer", ["buyer_id", "created_at_ms", "id"], unique=False)
        batch_op.create_index(
            "ix_orders_seller", ["seller_id", "created_at_ms", "id"], unique=False
        )

    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("asker_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["auction_id"],
            ["auctions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index("ix_questions_asker", ["asker_id"], unique=False)
        batch_op.create_index("ix_questions_auction", ["auction_id", "asked_at_ms"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.String(length=16), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["auction_id"],
            ["auctions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("auction_id", "customer_id"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("auction_id", sa.String(length=16), nullable=False),
        sa.Column("reporter_id", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["auction_id"],
            ["auctions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["customers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("auction_id", "reporter_id"),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index("ix_reports_queue", ["settled_at_ms", "at_ms", "id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("order_id", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=16), nullable=False),
        sa.Column("about_id", sa.String(length=16), nullable=False),
        sa.Column("rating", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "author_id"),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_about", ["about_id", "at_ms"], unique=False)

    op.create_table(
        "order_steps",
        sa.Column("order_id", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "status"),
    )
    with op.batch_alter_table("auctions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hidden_at_ms", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("welcomed_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("time_zone", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("password_reset_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("password_reset_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("address_change_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("address_change_to", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("address_change_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("moderator", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("banned_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at_ms", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("agent", sa.String(length=200), server_default="", nullable=False)
        )
    _refuse_changes_of_the_audit_trail()


def downgrade() -> None:
    op.drop_index("ix_attempts_subject", "attempts")
    op.rename_table("attempts", "failed_sign_ins")
    op.create_index("ix_failed_sign_ins_subject", "failed_sign_ins", ["subject", "at_ms"])
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("agent")

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("deleted_at_ms")
        batch_op.drop_column("banned_at_ms")
        batch_op.drop_column("moderator")
        batch_op.drop_column("address_change_at_ms")
        batch_op.drop_column("address_change_to")
        batch_op.drop_column("address_change_id")
        batch_op.drop_column("password_reset_at_ms")
        batch_op.drop_column("password_reset_id")
        batch_op.drop_column("time_zone")
        batch_op.drop_column("welcomed_id")

    with op.batch_alter_table("auctions", schema=None) as batch_op:
        batch_op.drop_column("hidden_at_ms")

    op.drop_table("order_steps")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("ix_feedback_about")

    op.drop_table("feedback")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_queue")

    op.drop_table("reports")
    op.drop_table("reminders")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_auction")
        batch_op.drop_index("ix_questions_asker")

    op.drop_table("questions")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_seller")
        batch_op.drop_index("ix_orders_buyer")
        batch_op.drop_index("ix_orders_auction")

    op.drop_table("orders")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notices_unread",
            sqlite_where=sa.text("read_at_ms IS NULL"),
            postgresql_where=sa.text("read_at_ms IS NULL"),
        )
        batch_op.drop_index("ix_notices_latest")

    op.drop_table("notices")
    op.drop_table("notice_preferences")
    op.drop_table("audit_trail")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change")


def _refuse_changes_of_the_audit_trail() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_trail_no_{verb.lower()} BEFORE {verb} ON audit_trail "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the audit trail is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_trail_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
