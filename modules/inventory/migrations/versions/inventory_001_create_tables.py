"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inventory_categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("full_name", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["inventory_categories.id"],
            name=op.f("fk_inventory_categories_parent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_categories_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_categories")),
        sa.UniqueConstraint("platform_id", "path", name=op.f("uq_inventory_categories_platform_id_path")),
    )
    with op.batch_alter_table("inventory_categories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_categories_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inventory_categories_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "inventory_locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_locations_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_locations_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_locations")),
        sa.UniqueConstraint(
            "platform_id", "vendor_id", "name", name=op.f("uq_inventory_locations_platform_id_vendor_id_name")
        ),
    )
    with op.batch_alter_table("inventory_locations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_locations_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_locations_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("tax_class", sa.String(length=32), nullable=False),
        sa.Column("option_names", sa.JSON(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("allows_backorder", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_products_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_products_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_products")),
        sa.UniqueConstraint("platform_id", "slug", name=op.f("uq_inventory_products_platform_id_slug")),
        sa.UniqueConstraint(
            "platform_id",
            "vendor_id",
            "handle",
            name=op.f("uq_inventory_products_platform_id_vendor_id_handle"),
        ),
    )
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inventory_products_newest", ["platform_id", "status", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_products_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index("ix_inventory_products_shown", ["platform_id", "status", "title"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_products_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_product_categories",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["inventory_categories.id"],
            name=op.f("fk_inventory_product_categories_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_product_categories_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "category_id", name=op.f("pk_inventory_product_categories")),
    )
    with op.batch_alter_table("inventory_product_categories", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_product_categories_category_id"), ["category_id"], unique=False
        )

    op.create_table(
        "inventory_variants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("compare_at_minor", sa.Integer(), nullable=True),
        sa.Column("low_stock_threshold", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_inventory_variants_price")),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_variants_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_variants_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_variants_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_variants")),
        sa.UniqueConstraint(
            "platform_id", "vendor_id", "sku", name=op.f("uq_inventory_variants_platform_id_vendor_id_sku")
        ),
    )
    with op.batch_alter_table("inventory_variants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_variants_gtin"), ["gtin"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_variants_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_variants_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_variants_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_levels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("is_backorderable", sa.Boolean(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0 OR is_backorderable", name=op.f("ck_inventory_levels_on_hand")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_inventory_levels_reserved")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["inventory_locations.id"],
            name=op.f("fk_inventory_levels_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_levels_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["inventory_variants.id"],
            name=op.f("fk_inventory_levels_variant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_levels_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_levels")),
        sa.UniqueConstraint(
            "variant_id", "location_id", name=op.f("uq_inventory_levels_variant_id_location_id")
        ),
    )
    with op.batch_alter_table("inventory_levels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventory_levels_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_levels_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_levels_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_inventory_movements_quantity")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["inventory_locations.id"],
            name=op.f("fk_inventory_movements_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_movements_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["inventory_variants.id"],
            name=op.f("fk_inventory_movements_variant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_inventory_movements_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_movements")),
    )
    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inventory_movements_ledger", ["variant_id", "location_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_movements_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_movements_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_movements_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventory_movements_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "inventory_reservations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_inventory_reservations_quantity")),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name=op.f("ck_inventory_reservations_taken")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["inventory_locations.id"],
            name=op.f("fk_inventory_reservations_location_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_reservations_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["inventory_variants.id"],
            name=op.f("fk_inventory_reservations_variant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_inventory_reservations_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_reservations")),
    )
    with op.batch_alter_table("inventory_reservations", schema=None) as batch_op:
        batch_op.create_index("ix_inventory_reservations_expiry", ["status", "expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inventory_reservations_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inventory_reservations_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            "ix_inventory_reservations_reference", ["platform_id", "reference"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inventory_reservations_variant_id"), ["variant_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inventory_reservations_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("inventory_reservations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_reservations_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_reservations_variant_id"))
        batch_op.drop_index("ix_inventory_reservations_reference")
        batch_op.drop_index(batch_op.f("ix_inventory_reservations_platform_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_reservations_location_id"))
        batch_op.drop_index("ix_inventory_reservations_expiry")

    op.drop_table("inventory_reservations")
    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_movements_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_movements_reference"))
        batch_op.drop_index(batch_op.f("ix_inventory_movements_platform_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_movements_location_id"))
        batch_op.drop_index("ix_inventory_movements_ledger")

    op.drop_table("inventory_movements")
    with op.batch_alter_table("inventory_levels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_levels_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_levels_platform_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_levels_location_id"))

    op.drop_table("inventory_levels")
    with op.batch_alter_table("inventory_variants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_variants_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_variants_product_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_variants_platform_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_variants_gtin"))

    op.drop_table("inventory_variants")
    with op.batch_alter_table("inventory_product_categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_product_categories_category_id"))

    op.drop_table("inventory_product_categories")
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_products_vendor_id"))
        batch_op.drop_index("ix_inventory_products_shown")
        batch_op.drop_index(batch_op.f("ix_inventory_products_platform_id"))
        batch_op.drop_index("ix_inventory_products_newest")

    op.drop_table("inventory_products")
    with op.batch_alter_table("inventory_locations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_locations_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_locations_platform_id"))

    op.drop_table("inventory_locations")
    with op.batch_alter_table("inventory_categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_categories_platform_id"))
        batch_op.drop_index(batch_op.f("ix_inventory_categories_parent_id"))

    op.drop_table("inventory_categories")
