"""Create carts; let orders of the storefront know their page, their payment and when they expire."""

import sqlalchemy as sa
from alembic import op

revision = "orders_002_create_carts"
down_revision = "orders_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders_carts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_carts_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_orders_carts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_carts")),
        sa.UniqueConstraint(
            "platform_id", "shop_id", "user_id", name=op.f("uq_orders_carts_platform_id_shop_id_user_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_orders_carts_token")),
    )
    with op.batch_alter_table("orders_carts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_carts_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_carts_user_id"), ["user_id"], unique=False)
        batch_op.create_index("ix_orders_carts_touched", ["platform_id", "touched_at"], unique=False)

    op.create_table(
        "orders_cart_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cart_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_cart_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["orders_carts.id"], name=op.f("fk_orders_cart_lines_cart_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_orders_cart_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_cart_lines_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_cart_lines")),
        sa.UniqueConstraint("cart_id", "reference", name=op.f("uq_orders_cart_lines_cart_id_reference")),
    )
    with op.batch_alter_table("orders_cart_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_cart_lines_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_cart_lines_vendor_id"), ["vendor_id"], unique=False)

    with op.batch_alter_table("orders_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refunding_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("locale", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("page_url", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("payment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("payment_label", sa.String(length=120), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_orders_orders_expiry", ["platform_id", "status", "expires_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("orders_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_orders_expiry")
        for name in ("expires_at", "payment_label", "payment_id", "page_url", "locale", "refunding_minor"):
            batch_op.drop_column(name)
    op.drop_table("orders_cart_lines")
    op.drop_table("orders_carts")
