"""Let tokens of the API have a name, and remember when they were used."""

import sqlalchemy as sa
from alembic import op

revision = "framework_003_name_tokens_of_the_api"
down_revision = "framework_002_audit_impersonators"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand only: the previous release leaves both columns empty."""
    with op.batch_alter_table("refresh_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Named tokens go: to the code before they would be refresh tokens like any other."""
    op.execute("DELETE FROM refresh_tokens WHERE name IS NOT NULL")
    with op.batch_alter_table("refresh_tokens", schema=None) as batch_op:
        batch_op.drop_column("last_used_at")
        batch_op.drop_column("name")
