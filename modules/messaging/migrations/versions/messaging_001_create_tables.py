"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "messaging_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messaging_notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.String(length=120), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("in_page", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_messaging_notifications_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messaging_notifications_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_messaging_notifications_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messaging_notifications")),
    )
    with op.batch_alter_table("messaging_notifications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messaging_notifications_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            "ix_messaging_notifications_subject", ["platform_id", "kind", "subject"], unique=False
        )
        batch_op.create_index(
            "ix_messaging_notifications_unread", ["user_id", "platform_id", "read_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_messaging_notifications_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "messaging_preferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("portal", sa.String(length=16), nullable=False),
        sa.Column("in_page", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_messaging_preferences_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messaging_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messaging_preferences")),
        sa.UniqueConstraint(
            "user_id",
            "platform_id",
            "portal",
            "kind",
            name=op.f("uq_messaging_preferences_user_id_platform_id_portal_kind"),
        ),
    )
    with op.batch_alter_table("messaging_preferences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messaging_preferences_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "messaging_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_user_id", sa.Integer(), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_messaging_templates_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_user_id"],
            ["users.id"],
            name=op.f("fk_messaging_templates_updated_by_user_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messaging_templates")),
        sa.UniqueConstraint(
            "platform_id", "kind", "locale", name=op.f("uq_messaging_templates_platform_id_kind_locale")
        ),
    )
    with op.batch_alter_table("messaging_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messaging_templates_platform_id"), ["platform_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("messaging_templates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messaging_templates_platform_id"))

    op.drop_table("messaging_templates")
    with op.batch_alter_table("messaging_preferences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messaging_preferences_platform_id"))

    op.drop_table("messaging_preferences")
    with op.batch_alter_table("messaging_notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messaging_notifications_vendor_id"))
        batch_op.drop_index("ix_messaging_notifications_unread")
        batch_op.drop_index("ix_messaging_notifications_subject")
        batch_op.drop_index(batch_op.f("ix_messaging_notifications_platform_id"))

    op.drop_table("messaging_notifications")
