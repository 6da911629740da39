"""Texts of products and categories in other languages than the platform's own."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_006_texts_in_languages"
down_revision = "inventory_005_index_lists_of_products"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_product_texts()
    _create_category_texts()
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("other_titles", sa.Text(), server_default="", nullable=False))


def _create_product_texts() -> None:
    op.create_table(
        "inventory_product_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("seo_title", sa.String(length=120), nullable=False),
        sa.Column("seo_description", sa.String(length=320), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_product_texts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_product_texts_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_inventory_product_texts_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_product_texts")),
        sa.UniqueConstraint(
            "product_id", "locale", name=op.f("uq_inventory_product_texts_product_id_locale")
        ),
    )
    for column in ("platform_id", "vendor_id"):
        op.create_index(op.f(f"ix_inventory_product_texts_{column}"), "inventory_product_texts", [column])


def _create_category_texts() -> None:
    op.create_table(
        "inventory_category_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["inventory_categories.id"],
            name=op.f("fk_inventory_category_texts_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_inventory_category_texts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_category_texts")),
        sa.UniqueConstraint(
            "category_id", "locale", name=op.f("uq_inventory_category_texts_category_id_locale")
        ),
    )
    op.create_index(
        op.f("ix_inventory_category_texts_platform_id"), "inventory_category_texts", ["platform_id"]
    )


def downgrade() -> None:
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.drop_column("other_titles")
    op.drop_table("inventory_category_texts")
    op.drop_table("inventory_product_texts")
