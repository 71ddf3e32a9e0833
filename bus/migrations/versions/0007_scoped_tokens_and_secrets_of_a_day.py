"""Scopes that name topics, and every secret that still signs, where there was room for one."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keeps what is there."""
    with op.batch_alter_table("tokens") as tokens:
        tokens.alter_column("scopes", type_=sa.Text(), existing_type=sa.String(length=64))
    op.add_column("subscriptions", sa.Column("previous_secrets", sa.Text(), nullable=True))
    _move_previous_secrets()
    # Not by a batch, which would make the table anew: its numbers must not begin again.
    for column in ("previous_secret", "previous_until_ms"):
        op.execute(f"ALTER TABLE subscriptions DROP COLUMN {column}")


def _move_previous_secrets() -> None:
    subscriptions = sa.table(
        "subscriptions",
        sa.column("id"),
        sa.column("previous_secret"),
        sa.column("previous_until_ms"),
        sa.column("previous_secrets"),
    )
    had_one = sa.select(subscriptions).where(subscriptions.c.previous_secret.is_not(None))
    connection = op.get_bind()
    for row in connection.execute(had_one).all():
        previous = json.dumps([[row.previous_secret, row.previous_until_ms]])
        ours = subscriptions.c.id == row.id
        connection.execute(sa.update(subscriptions).where(ours).values(previous_secrets=previous))
