"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "analytics_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "analytics_daily_sales",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("vendor_key", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_analytics_daily_sales_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_analytics_daily_sales_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_daily_sales")),
        sa.UniqueConstraint(
            "platform_id", "vendor_key", "day", "currency", "source", name="uq_analytics_daily_sales_day"
        ),
    )
    with op.batch_alter_table("analytics_daily_sales", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_analytics_daily_sales_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_analytics_daily_sales_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "analytics_sales_coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_analytics_sales_coverage_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_sales_coverage")),
        sa.UniqueConstraint("platform_id", name=op.f("uq_analytics_sales_coverage_platform_id")),
    )
    with op.batch_alter_table("analytics_sales_coverage", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_analytics_sales_coverage_platform_id"), ["platform_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("analytics_sales_coverage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_analytics_sales_coverage_platform_id"))

    op.drop_table("analytics_sales_coverage")
    with op.batch_alter_table("analytics_daily_sales", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_analytics_daily_sales_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_analytics_daily_sales_platform_id"))

    op.drop_table("analytics_daily_sales")
