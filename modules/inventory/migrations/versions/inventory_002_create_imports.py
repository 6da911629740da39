"""Create the tables of imports."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_002_create_imports"
down_revision = "inventory_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inventory_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("delimiter", sa.String(length=2), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("is_all_or_nothing", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("applied_lines", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["inventory_locations.id"],
            name=op.f("fk_inventory_imports_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_imports_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_imports_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_imports")),
    )
    with op.batch_alter_table("inventory_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_imports_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_imports_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_import_chunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["inventory_imports.id"],
            name=op.f("fk_inventory_import_chunks_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_import_chunks_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_inventory_import_chunks_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_import_chunks")),
        sa.UniqueConstraint(
            "import_id", "position", name=op.f("uq_inventory_import_chunks_import_id_position")
        ),
    )
    with op.batch_alter_table("inventory_import_chunks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_import_chunks_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_import_chunks_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_import_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.String(length=200), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["inventory_imports.id"],
            name=op.f("fk_inventory_import_lines_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_import_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_inventory_import_lines_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_import_lines")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_inventory_import_lines_import_id_number")),
    )
    with op.batch_alter_table("inventory_import_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inventory_import_lines_group", ["import_id", "group_key", "number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inventory_import_lines_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_import_lines_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "ix_inventory_import_lines_verdict", ["import_id", "verdict", "number"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("inventory_import_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_import_lines_verdict")
        batch_op.drop_index(batch_op.f("ix_inventory_import_lines_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_import_lines_platform_id"))
        batch_op.drop_index("ix_inventory_import_lines_group")

    op.drop_table("inventory_import_lines")
    with op.batch_alter_table("inventory_import_chunks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_import_chunks_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_import_chunks_platform_id"))

    op.drop_table("inventory_import_chunks")
    with op.batch_alter_table("inventory_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_imports_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_imports_platform_id"))

    op.drop_table("inventory_imports")
