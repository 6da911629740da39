"""Stock takes and pictures."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_003_stock_takes_and_pictures"
down_revision = "inventory_002_create_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inventory_product_media",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["cms_media.id"],
            name=op.f("fk_inventory_product_media_media_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_product_media_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "media_id", name=op.f("pk_inventory_product_media")),
    )
    with op.batch_alter_table("inventory_product_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_product_media_media_id"), ["media_id"], unique=False)

    op.create_table(
        "inventory_stock_takes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_user_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by_user_id", sa.Integer(), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["inventory_locations.id"],
            name=op.f("fk_inventory_stock_takes_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_stock_takes_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_stock_takes_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_stock_takes")),
    )
    with op.batch_alter_table("inventory_stock_takes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_stock_takes_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_stock_takes_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "uq_inventory_stock_takes_open",
            ["location_id"],
            unique=True,
            sqlite_where=sa.text("status = 'counting'"),
            postgresql_where=sa.text("status = 'counting'"),
        )

    op.create_table(
        "inventory_stock_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stock_take_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_inventory_stock_counts_counted")),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_stock_counts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stock_take_id"],
            ["inventory_stock_takes.id"],
            name=op.f("fk_inventory_stock_counts_stock_take_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["inventory_variants.id"],
            name=op.f("fk_inventory_stock_counts_variant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_inventory_stock_counts_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_stock_counts")),
        sa.UniqueConstraint(
            "stock_take_id", "variant_id", name=op.f("uq_inventory_stock_counts_stock_take_id_variant_id")
        ),
    )
    with op.batch_alter_table("inventory_stock_counts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_stock_counts_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inventory_stock_counts_variant_id"), ["variant_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_stock_counts_vendor_id"), ["vendor_id"], unique=False)

    with op.batch_alter_table("inventory_categories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_key", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_inventory_movements_platform_id_vendor_id_form_key"),
            ["platform_id", "vendor_id", "form_key"],
        )

    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seo_title", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("seo_description", sa.String(length=320), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("seo_description")
        batch_op.drop_column("seo_title")

    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_inventory_movements_platform_id_vendor_id_form_key"), type_="unique"
        )
        batch_op.drop_column("form_key")

    with op.batch_alter_table("inventory_categories", schema=None) as batch_op:
        batch_op.drop_column("description")

    with op.batch_alter_table("inventory_stock_counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_stock_counts_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_stock_counts_variant_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_stock_counts_platform_id"))

    op.drop_table("inventory_stock_counts")
    with op.batch_alter_table("inventory_stock_takes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_inventory_stock_takes_open",
            sqlite_where=sa.text("status = 'counting'"),
            postgresql_where=sa.text("status = 'counting'"),
        )
        batch_op.drop_index(batch_op.f("ix_inventory_stock_takes_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_stock_takes_platform_id"))

    op.drop_table("inventory_stock_takes")
    with op.batch_alter_table("inventory_product_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_product_media_media_id"))

    op.drop_table("inventory_product_media")
