"""Pages of the house that moderators write, and which terms somebody accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("terms_version", sa.String(16)))
    op.create_table(
        "house_pages",
        sa.Column("name", sa.String(12), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("editor_id", sa.String(16), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("house_pages")
    op.drop_column("customers", "terms_version")
