"""Create bank statements."""

import sqlalchemy as sa
from alembic import op

revision = "payments_002_create_bank_statements"
down_revision = "payments_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("entries_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("faults_count", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payments_accounts.id"],
            name=op.f("fk_payments_statements_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_statements_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_statements_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_statements")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_payments_statements_account_id_digest")),
    )
    with op.batch_alter_table("payments_statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_statements_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_statements_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payments_bank_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("bank_reference", sa.String(length=140), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.String(length=40), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("return_reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("clue", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("match_number", sa.Integer(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payments_accounts.id"],
            name=op.f("fk_payments_bank_entries_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments_payments.id"],
            name=op.f("fk_payments_bank_entries_payment_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_bank_entries_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["payments_statements.id"],
            name=op.f("fk_payments_bank_entries_statement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_payments_bank_entries_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_bank_entries")),
        sa.UniqueConstraint(
            "account_id", "fingerprint", name=op.f("uq_payments_bank_entries_account_id_fingerprint")
        ),
    )
    with op.batch_alter_table("payments_bank_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_bank_entries_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_payments_bank_entries_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index("ix_payments_bank_entries_state", ["account_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_payments_bank_entries_statement_id"), ["statement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payments_bank_entries_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payments_transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.String(length=40), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["payments_attempts.id"],
            name=op.f("fk_payments_transfers_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_payments_transfers_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_transfers")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_payments_transfers_attempt_id")),
    )
    with op.batch_alter_table("payments_transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_transfers_platform_id"), ["platform_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments_transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_transfers_platform_id"))

    op.drop_table("payments_transfers")
    with op.batch_alter_table("payments_bank_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_bank_entries_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_payments_bank_entries_statement_id"))
        batch_op.drop_index("ix_payments_bank_entries_state")
        batch_op.drop_index(batch_op.f("ix_payments_bank_entries_platform_id"))
        batch_op.drop_index(batch_op.f("ix_payments_bank_entries_payment_id"))

    op.drop_table("payments_bank_entries")
    with op.batch_alter_table("payments_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_statements_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_payments_statements_platform_id"))

    op.drop_table("payments_statements")
