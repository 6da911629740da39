"""Create segments and imports."""

import sqlalchemy as sa
from alembic import op

revision = "customers_002_create_segments_and_imports"
down_revision = "customers_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customers_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("delimiter", sa.String(length=2), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("consent_source", sa.String(length=200), nullable=False),
        sa.Column("consents", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("is_all_or_nothing", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("judged_lines", sa.Integer(), nullable=False),
        sa.Column("applied_lines", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["users.id"],
            name=op.f("fk_customers_imports_created_by_user_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_imports_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_customers_imports_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_imports")),
    )
    with op.batch_alter_table("customers_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_imports_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_imports_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "customers_segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("match", sa.String(length=3), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_segments_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_customers_segments_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_segments")),
    )
    with op.batch_alter_table("customers_segments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customers_segments_owner", ["platform_id", "vendor_id", "name"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customers_segments_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_segments_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "customers_import_chunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["customers_imports.id"],
            name=op.f("fk_customers_import_chunks_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_import_chunks_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_import_chunks")),
        sa.UniqueConstraint(
            "import_id", "position", name=op.f("uq_customers_import_chunks_import_id_position")
        ),
    )
    with op.batch_alter_table("customers_import_chunks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customers_import_chunks_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "customers_import_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["customers_imports.id"],
            name=op.f("fk_customers_import_lines_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_import_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_import_lines")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_customers_import_lines_import_id_number")),
    )
    with op.batch_alter_table("customers_import_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customers_import_lines_email", ["import_id", "email", "number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customers_import_lines_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            "ix_customers_import_lines_verdict", ["import_id", "verdict", "number"], unique=False
        )

    op.create_table(
        "customers_segment_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_segment_counts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["customers_segments.id"],
            name=op.f("fk_customers_segment_counts_segment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_segment_counts")),
        sa.UniqueConstraint("segment_id", "day", name=op.f("uq_customers_segment_counts_segment_id_day")),
    )
    with op.batch_alter_table("customers_segment_counts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customers_segment_counts_platform_id"), ["platform_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("customers_segment_counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_segment_counts_platform_id"))

    op.drop_table("customers_segment_counts")
    with op.batch_alter_table("customers_import_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_customers_import_lines_verdict")
        batch_op.drop_index(batch_op.f("ix_customers_import_lines_platform_id"))
        batch_op.drop_index("ix_customers_import_lines_email")

    op.drop_table("customers_import_lines")
    with op.batch_alter_table("customers_import_chunks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_import_chunks_platform_id"))

    op.drop_table("customers_import_chunks")
    with op.batch_alter_table("customers_segments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_segments_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_customers_segments_platform_id"))
        batch_op.drop_index("ix_customers_segments_owner")

    op.drop_table("customers_segments")
    with op.batch_alter_table("customers_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_imports_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_customers_imports_platform_id"))

    op.drop_table("customers_imports")
