"""Second factors: apps that show codes, recovery codes, passkeys; and what is told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sessions",
        sa.Column("proved_by", sa.String(8), nullable=False, server_default="password"),
    )
    op.create_table(
        "app_factors",
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("sealed_secret", sa.String(200), nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("used_at_ms", sa.BigInteger),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False, unique=True),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sa.Column("last_used_at_ms", sa.BigInteger),
    )
    op.create_index("ix_passkeys_customer_id", "passkeys", ["customer_id"])
    op.create_table(
        "passkey_challenges",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("customer_id", sa.String(16)),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_passkey_challenges_expires_at_ms", "passkey_challenges", ["expires_at_ms"])
    op.create_table(
        "sign_in_changes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("customer_id", sa.String(16), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_sign_in_changes_customer", "sign_in_changes", ["customer_id", "at_ms"])


def downgrade() -> None:
    for table in (
        "sign_in_changes",
        "passkey_challenges",
        "passkeys",
        "recovery_codes",
        "app_factors",
    ):
        op.drop_table(table)
    op.drop_column("sessions", "proved_by")
