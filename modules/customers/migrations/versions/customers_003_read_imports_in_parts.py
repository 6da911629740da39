"""Read imports in parts."""

import sqlalchemy as sa
from alembic import op

revision = "customers_003_read_imports_in_parts"
down_revision = "customers_002_create_segments_and_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customers_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("size", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("read_bytes", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("read_lines", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("customers_imports", schema=None) as batch_op:
        batch_op.drop_column("read_lines")
        batch_op.drop_column("read_bytes")
        batch_op.drop_column("size")
