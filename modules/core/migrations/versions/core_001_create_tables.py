"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "core_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_idempotency_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_core_idempotency_keys_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_core_idempotency_keys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_idempotency_keys")),
        sa.UniqueConstraint(
            "platform_id", "user_id", "key", name=op.f("uq_core_idempotency_keys_platform_id_user_id_key")
        ),
    )
    with op.batch_alter_table("core_idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_idempotency_keys_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_idempotency_keys_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_idempotency_keys_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("core_idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_idempotency_keys_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_idempotency_keys_platform_id"))
        batch_op.drop_index(batch_op.f("ix_core_idempotency_keys_created_at"))

    op.drop_table("core_idempotency_keys")
