"""The key of the form by which a moderator acted: sent twice, it is one act."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_trail", sa.Column("form_key", sa.String(32)))
    op.create_index("uq_audit_trail_form_key", "audit_trail", ["form_key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_audit_trail_form_key", "audit_trail")
    op.drop_column("audit_trail", "form_key")
