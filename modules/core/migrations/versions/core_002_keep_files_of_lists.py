"""Keep files of lists."""

import sqlalchemy as sa
from alembic import op

revision = "core_002_keep_files_of_lists"
down_revision = "core_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("host_url", sa.String(length=300), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("permission", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_core_exports_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_core_exports_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_core_exports_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_exports")),
    )
    with op.batch_alter_table("core_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_exports_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_core_exports_person", ["user_id", "platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_exports_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_exports_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "core_export_pieces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["core_exports.id"],
            name=op.f("fk_core_export_pieces_export_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_core_export_pieces_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_export_pieces")),
        sa.UniqueConstraint("export_id", "position", name=op.f("uq_core_export_pieces_export_id_position")),
    )
    with op.batch_alter_table("core_export_pieces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_export_pieces_platform_id"), ["platform_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("core_export_pieces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_export_pieces_platform_id"))

    op.drop_table("core_export_pieces")
    with op.batch_alter_table("core_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_exports_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_core_exports_platform_id"))
        batch_op.drop_index("ix_core_exports_person")
        batch_op.drop_index(batch_op.f("ix_core_exports_created_at"))

    op.drop_table("core_exports")
