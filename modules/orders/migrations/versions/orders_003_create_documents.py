"""Create documents."""

import sqlalchemy as sa
from alembic import op

revision = "orders_003_create_documents"
down_revision = "orders_002_create_carts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders_document_counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_orders_document_counters_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_document_counters")),
        sa.UniqueConstraint(
            "vendor_id", "kind", "year", name=op.f("uq_orders_document_counters_vendor_id_kind_year")
        ),
    )
    op.create_table(
        "orders_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name=op.f("ck_orders_documents_total")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["orders_documents.id"],
            name=op.f("fk_orders_documents_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_orders.id"], name=op.f("fk_orders_documents_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_orders_documents_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_orders_documents_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_documents")),
        sa.UniqueConstraint("platform_id", "form_key", name=op.f("uq_orders_documents_platform_id_form_key")),
        sa.UniqueConstraint(
            "vendor_id",
            "kind",
            "year",
            "sequence",
            name=op.f("uq_orders_documents_vendor_id_kind_year_sequence"),
        ),
    )
    with op.batch_alter_table("orders_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_documents_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(
            "ix_orders_documents_issued", ["platform_id", "vendor_id", "issued_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_orders_documents_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_documents_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_documents_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "uq_orders_documents_invoice",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'invoice'"),
            postgresql_where=sa.text("kind = 'invoice'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("orders_documents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_orders_documents_invoice",
            sqlite_where=sa.text("kind = 'invoice'"),
            postgresql_where=sa.text("kind = 'invoice'"),
        )
        batch_op.drop_index(batch_op.f("ix_orders_documents_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_orders_documents_platform_id"))
        batch_op.drop_index(batch_op.f("ix_orders_documents_order_id"))
        batch_op.drop_index("ix_orders_documents_issued")
        batch_op.drop_index(batch_op.f("ix_orders_documents_invoice_id"))

    op.drop_table("orders_documents")
    op.drop_table("orders_document_counters")
