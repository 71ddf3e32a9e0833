"""Journals and postings that only grow, and dead letters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_GROWING = ("journals", "postings")
_SAME = {
    "journals": "id = NEW.id OR (payment_url = NEW.payment_url AND kind = NEW.kind)",
    "postings": "journal_id = NEW.journal_id AND line = NEW.line",
}


def upgrade() -> None:
    """Creates all."""
    op.create_table(
        "journals",
        sa.Column("id", _Id, primary_key=True),
        sa.Column("payment_url", sa.String(1024), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("booked_at_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("payment_url", "kind", name="uq_journals_once"),
    )
    op.create_index("ix_journals_at_ms", "journals", ["at_ms", "id"])
    op.create_table(
        "postings",
        sa.Column("journal_id", _Id, sa.ForeignKey("journals.id"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("seller_url", sa.String(1024)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_postings_seller_url", "postings", ["seller_url", "journal_id"])
    op.create_index("ix_postings_account", "postings", ["account", "currency", "amount_minor"])
    op.create_table(
        "dead_letters",
        sa.Column("payment_url", sa.String(1024), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _append_only_sqlite()
    else:
        _append_only_postgres()


def downgrade() -> None:
    """Drops all."""
    for name in ("dead_letters", "postings", "journals"):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_to_change_books")


def _append_only_sqlite() -> None:
    for table in _GROWING:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        # INSERT OR REPLACE deletes without asking the trigger above: what is there stays.
        there = f"SELECT 1 FROM {table} WHERE {_SAME[table]}"  # noqa: S608 - our names
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS ({there}) BEGIN SELECT RAISE(IGNORE); END"
        )


def _append_only_postgres() -> None:
    op.execute(
        "CREATE FUNCTION refuse_to_change_books() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
    )
    for table in _GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_books()"
        )
