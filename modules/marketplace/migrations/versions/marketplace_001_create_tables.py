"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "marketplace_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marketplace_connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adapter", sa.String(length=40), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("brand", sa.String(length=70), nullable=False),
        sa.Column("locales", sa.JSON(), nullable=False),
        sa.Column("api_key", sa.Text(), nullable=True),
        sa.Column("feed_token", sa.Text(), nullable=False),
        sa.Column("feed_token_hash", sa.String(length=64), nullable=False),
        sa.Column("feed_token_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_marketplace_connections_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_marketplace_connections_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketplace_connections")),
        sa.UniqueConstraint("feed_token_hash", name=op.f("uq_marketplace_connections_feed_token_hash")),
        sa.UniqueConstraint(
            "platform_id",
            "vendor_id",
            "adapter",
            name=op.f("uq_marketplace_connections_platform_id_vendor_id_adapter"),
        ),
    )
    with op.batch_alter_table("marketplace_connections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_marketplace_connections_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_marketplace_connections_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "marketplace_exchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["marketplace_connections.id"],
            name=op.f("fk_marketplace_exchanges_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_marketplace_exchanges_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_marketplace_exchanges_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketplace_exchanges")),
    )
    with op.batch_alter_table("marketplace_exchanges", schema=None) as batch_op:
        batch_op.create_index("ix_marketplace_exchanges_log", ["connection_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_marketplace_exchanges_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_marketplace_exchanges_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "marketplace_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_marketplace_texts_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_marketplace_texts_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_marketplace_texts_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketplace_texts")),
        sa.UniqueConstraint("product_id", "locale", name=op.f("uq_marketplace_texts_product_id_locale")),
    )
    with op.batch_alter_table("marketplace_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marketplace_texts_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_marketplace_texts_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("marketplace_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketplace_texts_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_marketplace_texts_platform_id"))

    op.drop_table("marketplace_texts")
    with op.batch_alter_table("marketplace_exchanges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketplace_exchanges_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_marketplace_exchanges_platform_id"))
        batch_op.drop_index("ix_marketplace_exchanges_log")

    op.drop_table("marketplace_exchanges")
    with op.batch_alter_table("marketplace_connections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketplace_connections_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_marketplace_connections_platform_id"))

    op.drop_table("marketplace_connections")
