"""Read imports in parts."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_004_read_imports_in_parts"
down_revision = "inventory_003_stock_takes_and_pictures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inventory_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("headings", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("size", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("read_bytes", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("read_lines", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("judged_lines", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("inventory_import_lines", schema=None) as batch_op:
        batch_op.create_index("ix_inventory_import_lines_sku", ["import_id", "sku", "number"], unique=False)
        batch_op.create_index("ix_inventory_import_lines_alias", ["import_id", "alias"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("inventory_import_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_import_lines_alias")
        batch_op.drop_index("ix_inventory_import_lines_sku")
    with op.batch_alter_table("inventory_imports", schema=None) as batch_op:
        batch_op.drop_column("judged_lines")
        batch_op.drop_column("read_lines")
        batch_op.drop_column("read_bytes")
        batch_op.drop_column("size")
        batch_op.drop_column("headings")
