"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "payments_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.Column("sealed_credentials", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_accounts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_accounts_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_accounts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payments_accounts_public_id")),
    )
    with op.batch_alter_table("payments_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_accounts_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_accounts_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payments_payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("payee", sa.String(length=16), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("gateway_name", sa.String(length=120), nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("method_label", sa.String(length=60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("captures_automatically", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("return_url", sa.String(length=500), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_payments_amount_minor")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payments_accounts.id"],
            name=op.f("fk_payments_payments_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_payments_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_payments_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_payments")),
        sa.UniqueConstraint(
            "platform_id", "idempotency_key", name=op.f("uq_payments_payments_platform_id_idempotency_key")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_payments_payments_token")),
    )
    with op.batch_alter_table("payments_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_payments_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_payments_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_payments_payments_external", ["platform_id", "gateway", "external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payments_payments_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index("ix_payments_payments_reference", ["platform_id", "reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_payments_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payments_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("provider_key", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("action_url", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_asked", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_attempts_amount_minor")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments_payments.id"],
            name=op.f("fk_payments_attempts_payment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_attempts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_attempts_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_attempts")),
        sa.UniqueConstraint(
            "payment_id", "idempotency_key", name=op.f("uq_payments_attempts_payment_id_idempotency_key")
        ),
        sa.UniqueConstraint("provider_key", name=op.f("uq_payments_attempts_provider_key")),
    )
    with op.batch_alter_table("payments_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_payments_attempts_external", ["platform_id", "external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_attempts_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_attempts_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_attempts_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payments_webhook_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payments_accounts.id"],
            name=op.f("fk_payments_webhook_messages_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments_payments.id"],
            name=op.f("fk_payments_webhook_messages_payment_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_webhook_messages_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_webhook_messages")),
        sa.UniqueConstraint(
            "account_id", "external_id", name=op.f("uq_payments_webhook_messages_account_id_external_id")
        ),
    )
    with op.batch_alter_table("payments_webhook_messages", schema=None) as batch_op:
        batch_op.create_index("ix_payments_webhook_messages_payment", ["payment_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_payments_webhook_messages_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "payments_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_payments_entries_amount_minor")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["payments_attempts.id"],
            name=op.f("fk_payments_entries_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments_payments.id"],
            name=op.f("fk_payments_entries_payment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_entries_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_entries_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_entries")),
        sa.UniqueConstraint(
            "platform_id",
            "gateway",
            "external_id",
            name=op.f("uq_payments_entries_platform_id_gateway_external_id"),
        ),
    )
    with op.batch_alter_table("payments_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_entries_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_entries_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_entries_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_entries_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_entries_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_payments_entries_platform_id"))
        batch_op.drop_index(batch_op.f("ix_payments_entries_payment_id"))
        batch_op.drop_index(batch_op.f("ix_payments_entries_attempt_id"))

    op.drop_table("payments_entries")
    with op.batch_alter_table("payments_webhook_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_webhook_messages_platform_id"))
        batch_op.drop_index("ix_payments_webhook_messages_payment")

    op.drop_table("payments_webhook_messages")
    with op.batch_alter_table("payments_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_attempts_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_payments_attempts_platform_id"))
        batch_op.drop_index(batch_op.f("ix_payments_attempts_payment_id"))
        batch_op.drop_index("ix_payments_attempts_external")

    op.drop_table("payments_attempts")
    with op.batch_alter_table("payments_payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_payments_vendor_id"))
        batch_op.drop_index("ix_payments_payments_reference")
        batch_op.drop_index(batch_op.f("ix_payments_payments_platform_id"))
        batch_op.drop_index("ix_payments_payments_external")
        batch_op.drop_index(batch_op.f("ix_payments_payments_customer_id"))
        batch_op.drop_index(batch_op.f("ix_payments_payments_created_at"))
        batch_op.drop_index(batch_op.f("ix_payments_payments_account_id"))

    op.drop_table("payments_payments")
    with op.batch_alter_table("payments_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_accounts_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_payments_accounts_platform_id"))

    op.drop_table("payments_accounts")
