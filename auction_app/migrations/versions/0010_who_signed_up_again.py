"""That somebody wanted to open an account under an address that has one."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("sign_up_again_id", sa.String(32)))
    op.add_column("customers", sa.Column("sign_up_again_at_ms", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("customers", "sign_up_again_at_ms")
    op.drop_column("customers", "sign_up_again_id")
