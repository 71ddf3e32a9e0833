"""Tokens have ids, which name them without showing them, and say when they were used last."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keeps what is there; the ids follow the order in which tokens were made."""
    op.create_table(
        "tokens_with_ids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False, server_default="monitor publish subscribe"),
        sa.Column("last_used_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name="tokens_by_digest"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO tokens_with_ids (digest, client_id, created_at_ms, scopes)"
        " SELECT digest, client_id, created_at_ms, scopes FROM tokens"
        " ORDER BY created_at_ms, digest"
    )
    op.drop_table("tokens")
    op.rename_table("tokens_with_ids", "tokens")
    op.create_index(op.f("ix_tokens_client_id"), "tokens", ["client_id"])
