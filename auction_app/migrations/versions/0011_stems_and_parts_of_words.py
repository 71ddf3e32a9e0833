"""Stems of words, their parts and spellings, and what a search is narrowed by."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_bytewise = sa.String(48).with_variant(sa.String(48, collation="C"), "postgresql")
_NARROW = {
    "condition": "condition",
    "format": "CASE WHEN buy_now_minor IS NULL THEN 'auction' ELSE 'buy_now' END",
    "currency": "currency",
}


def upgrade() -> None:
    op.create_table(
        "search_stems",
        sa.Column("stem", _bytewise, primary_key=True),
        sa.Column("written", sa.String(255), nullable=False),
    )
    op.create_table(
        "search_forms",
        sa.Column("form", _bytewise, primary_key=True),
        sa.Column("stem", _bytewise, primary_key=True),
    )
    for name, length in {"condition": 16, "format": 8, "currency": 3}.items():
        op.add_column(
            "search_entries",
            sa.Column(name, sa.String(length), nullable=False, server_default=""),
        )
        op.execute(
            f"UPDATE search_entries SET {name} ="  # noqa: S608 - our names
            f" (SELECT {_NARROW[name]} FROM auctions WHERE auctions.id = auction_id)"
        )
    op.add_column(
        "search_entries", sa.Column("rules", sa.Integer, nullable=False, server_default="0")
    )
    op.create_index("ix_search_rules", "search_entries", ["rules"])
    _tokenize("ascii")  # the app takes words apart: what is no space belongs to one


def downgrade() -> None:
    _tokenize("unicode61")
    op.drop_index("ix_search_rules", table_name="search_entries")
    for name in ("rules", "currency", "format", "condition"):
        op.drop_column("search_entries", name)
    op.drop_table("search_forms")
    op.drop_table("search_stems")


def _tokenize(by: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE fresh USING fts5"
        f"(words, detail=none, prefix='3 4 5 6', tokenize='{by}')"
    )
    op.execute("INSERT INTO fresh (rowid, words) SELECT rowid, words FROM auction_words")
    op.execute("DROP TABLE auction_words")
    op.execute("ALTER TABLE fresh RENAME TO auction_words")
