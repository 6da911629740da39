"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "billing_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_feature_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feature", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_feature_overrides_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_billing_feature_overrides_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_feature_overrides")),
        sa.UniqueConstraint(
            "platform_id",
            "vendor_id",
            "feature",
            name=op.f("uq_billing_feature_overrides_platform_id_vendor_id_feature"),
        ),
    )
    with op.batch_alter_table("billing_feature_overrides", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_billing_feature_overrides_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_billing_feature_overrides_vendor_id"), ["vendor_id"], unique=False
        )

    op.create_table(
        "billing_invoice_counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_invoice_counters_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_invoice_counters")),
        sa.UniqueConstraint(
            "platform_id", "series", "year", name=op.f("uq_billing_invoice_counters_platform_id_series_year")
        ),
    )
    with op.batch_alter_table("billing_invoice_counters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_billing_invoice_counters_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "billing_invoices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("is_reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("credits_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credits_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_invoices_credits_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_invoices_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_billing_invoices_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_invoices")),
        sa.UniqueConstraint("credits_id", name=op.f("uq_billing_invoices_credits_id")),
        sa.UniqueConstraint("platform_id", "number", name=op.f("uq_billing_invoices_platform_id_number")),
        sa.UniqueConstraint(
            "platform_id", "source_key", name=op.f("uq_billing_invoices_platform_id_source_key")
        ),
    )
    with op.batch_alter_table("billing_invoices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_invoices_issued_on"), ["issued_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_invoices_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_invoices_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "billing_tiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("price_month", sa.Integer(), nullable=False),
        sa.Column("price_year", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("trial_days", sa.Integer(), nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_month >= 0 AND price_year >= 0", name=op.f("ck_billing_tiers_prices")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_billing_tiers_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_tiers")),
        sa.UniqueConstraint("platform_id", "code", name=op.f("uq_billing_tiers_platform_id_code")),
    )
    with op.batch_alter_table("billing_tiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_tiers_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "billing_invoice_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_invoice_lines_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_invoice_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_billing_invoice_lines_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_invoice_lines")),
    )
    with op.batch_alter_table("billing_invoice_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_invoice_lines_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_billing_invoice_lines_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_billing_invoice_lines_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "billing_settlements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["billing_invoices.id"],
            name=op.f("fk_billing_settlements_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_settlements_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_billing_settlements_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_settlements")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_billing_settlements_invoice_id")),
    )
    with op.batch_alter_table("billing_settlements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_settlements_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_settlements_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "billing_subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("interval", sa.String(length=8), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchor_day", sa.Integer(), nullable=False),
        sa.Column("ends_with_period", sa.Boolean(), nullable=False),
        sa.Column("credit_minor", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("credit_minor >= 0", name=op.f("ck_billing_subscriptions_credit_minor")),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_billing_subscriptions_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tier_id"],
            ["billing_tiers.id"],
            name=op.f("fk_billing_subscriptions_tier_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_billing_subscriptions_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_subscriptions")),
        sa.UniqueConstraint(
            "platform_id", "vendor_id", name=op.f("uq_billing_subscriptions_platform_id_vendor_id")
        ),
    )
    with op.batch_alter_table("billing_subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_subscriptions_period_end"), ["period_end"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_billing_subscriptions_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_billing_subscriptions_tier_id"), ["tier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_subscriptions_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("billing_subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_subscriptions_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_billing_subscriptions_tier_id"))
        batch_op.drop_index(batch_op.f("ix_billing_subscriptions_platform_id"))
        batch_op.drop_index(batch_op.f("ix_billing_subscriptions_period_end"))

    op.drop_table("billing_subscriptions")
    with op.batch_alter_table("billing_settlements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_settlements_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_billing_settlements_platform_id"))

    op.drop_table("billing_settlements")
    with op.batch_alter_table("billing_invoice_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_invoice_lines_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_billing_invoice_lines_platform_id"))
        batch_op.drop_index(batch_op.f("ix_billing_invoice_lines_invoice_id"))

    op.drop_table("billing_invoice_lines")
    with op.batch_alter_table("billing_tiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_tiers_platform_id"))

    op.drop_table("billing_tiers")
    with op.batch_alter_table("billing_invoices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_invoices_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_billing_invoices_platform_id"))
        batch_op.drop_index(batch_op.f("ix_billing_invoices_issued_on"))

    op.drop_table("billing_invoices")
    with op.batch_alter_table("billing_invoice_counters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_invoice_counters_platform_id"))

    op.drop_table("billing_invoice_counters")
    with op.batch_alter_table("billing_feature_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_feature_overrides_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_billing_feature_overrides_platform_id"))

    op.drop_table("billing_feature_overrides")
