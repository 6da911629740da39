"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "orders_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders_counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_counters_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_counters")),
        sa.UniqueConstraint("platform_id", name=op.f("uq_orders_counters_platform_id")),
    )
    with op.batch_alter_table("orders_counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_counters_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "orders_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("billing_address", sa.JSON(), nullable=False),
        sa.Column("shipping_address", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=False),
        sa.Column("delivery_title", sa.String(length=120), nullable=False),
        sa.Column("delivery_minor", sa.Integer(), nullable=False),
        sa.Column("delivery_tax_rate", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("refunded_minor <= paid_minor", name=op.f("ck_orders_orders_refunded")),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_orders_orders_total")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_orders_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_orders_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_orders")),
        sa.UniqueConstraint("platform_id", "form_key", name=op.f("uq_orders_orders_platform_id_form_key")),
        sa.UniqueConstraint("platform_id", "number", name=op.f("uq_orders_orders_platform_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_orders_orders_token")),
    )
    with op.batch_alter_table("orders_orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_orders_customer", ["platform_id", "customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_orders_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(
            "ix_orders_orders_sales", ["platform_id", "placed_on", "vendor_id"], unique=False
        )
        batch_op.create_index("ix_orders_orders_state", ["platform_id", "status", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_orders_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_fulfilments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.Column("tracking_number", sa.String(length=120), nullable=False),
        sa.Column("tracking_url", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders_orders.id"],
            name=op.f("fk_orders_fulfilments_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_orders_fulfilments_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_fulfilments_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_fulfilments")),
    )
    with op.batch_alter_table("orders_fulfilments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_fulfilments_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_fulfilments_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_fulfilments_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=False),
        sa.Column("status_after", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_history_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_history_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_history_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_history")),
        sa.UniqueConstraint("order_id", "form_key", name=op.f("uq_orders_history_order_id_form_key")),
    )
    with op.batch_alter_table("orders_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_history_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_history_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_history_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("fulfilled_quantity", sa.Integer(), nullable=False),
        sa.Column("returned_quantity", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "fulfilled_quantity BETWEEN 0 AND quantity", name=op.f("ck_orders_lines_fulfilled")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_lines_quantity")),
        sa.CheckConstraint(
            "returned_quantity BETWEEN 0 AND fulfilled_quantity", name=op.f("ck_orders_lines_returned")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_lines_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_lines_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_lines_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_lines")),
        sa.UniqueConstraint("order_id", "form_key", name=op.f("uq_orders_lines_order_id_form_key")),
    )
    with op.batch_alter_table("orders_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_lines_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_lines_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_lines_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_money",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_orders_money_amount")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_money_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_money_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_money_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_money")),
    )
    with op.batch_alter_table("orders_money", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_money_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_money_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_money_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_for_customer", sa.Boolean(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_notes_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_notes_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_notes_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_notes")),
        sa.UniqueConstraint("order_id", "form_key", name=op.f("uq_orders_notes_order_id_form_key")),
    )
    with op.batch_alter_table("orders_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_notes_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_notes_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_notes_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_returns_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_orders_returns_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_returns_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_returns")),
    )
    with op.batch_alter_table("orders_returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_returns_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_returns_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_returns_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_fulfilment_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fulfilment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_fulfilment_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"],
            ["orders_fulfilments.id"],
            name=op.f("fk_orders_fulfilment_lines_fulfilment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["orders_lines.id"],
            name=op.f("fk_orders_fulfilment_lines_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_orders_fulfilment_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_orders_fulfilment_lines_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_fulfilment_lines")),
        sa.UniqueConstraint(
            "fulfilment_id", "line_id", name=op.f("uq_orders_fulfilment_lines_fulfilment_id_line_id")
        ),
    )
    with op.batch_alter_table("orders_fulfilment_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_fulfilment_lines_line_id"), ["line_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_orders_fulfilment_lines_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_orders_fulfilment_lines_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "orders_return_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_return_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["orders_lines.id"], name=op.f("fk_orders_return_lines_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_orders_return_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["orders_returns.id"],
            name=op.f("fk_orders_return_lines_return_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_return_lines_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_return_lines")),
        sa.UniqueConstraint("return_id", "line_id", name=op.f("uq_orders_return_lines_return_id_line_id")),
    )
    with op.batch_alter_table("orders_return_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_return_lines_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_return_lines_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_return_lines_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    op.drop_table("orders_return_lines")
    op.drop_table("orders_fulfilment_lines")
    op.drop_table("orders_returns")
    op.drop_table("orders_notes")
    op.drop_table("orders_money")
    op.drop_table("orders_lines")
    op.drop_table("orders_history")
    op.drop_table("orders_fulfilments")
    op.drop_table("orders_orders")
    op.drop_table("orders_counters")
