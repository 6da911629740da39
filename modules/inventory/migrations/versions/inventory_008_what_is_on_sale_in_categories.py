"""What products are and whose, beside their categories, so that a look at an index tells which have any on sale."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_008_what_is_on_sale_in_categories"
down_revision = "inventory_007_pictures_and_options_of_variants"
branch_labels = None
depends_on = None

LINKS = "inventory_product_categories"


def upgrade() -> None:
    with op.batch_alter_table(LINKS, schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("vendor_id", sa.Integer(), server_default="0", nullable=False))
    links = sa.table(LINKS, *map(sa.column, ("product_id", "status", "vendor_id")))
    products = sa.table("inventory_products", *map(sa.column, ("id", "status", "vendor_id")))
    told = {
        name: sa.select(products.c[name]).where(products.c.id == links.c.product_id).scalar_subquery()
        for name in ("status", "vendor_id")
    }
    op.execute(sa.update(links).values(told))
    with op.batch_alter_table(LINKS, schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_product_categories_category_id")
        batch_op.create_index(
            "ix_inventory_product_categories_shown",
            ["category_id", "status", "vendor_id", "product_id"],
        )


def downgrade() -> None:
    with op.batch_alter_table(LINKS, schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_product_categories_shown")
        batch_op.create_index("ix_inventory_product_categories_category_id", ["category_id"])
        batch_op.drop_column("vendor_id")
        batch_op.drop_column("status")
