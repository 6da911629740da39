"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "customers_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customers_customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_vendor_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("marketing_consent", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_customers_merged_into_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_vendor_id"],
            ["vendors.id"],
            name=op.f("fk_customers_customers_owner_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_customers_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_customers_customers_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_customers")),
        sa.UniqueConstraint(
            "platform_id",
            "owner_vendor_id",
            "email",
            name=op.f("uq_customers_customers_platform_id_owner_vendor_id_email"),
        ),
        sa.UniqueConstraint(
            "platform_id", "user_id", name=op.f("uq_customers_customers_platform_id_user_id")
        ),
    )
    with op.batch_alter_table("customers_customers", schema=None) as batch_op:
        batch_op.create_index("ix_customers_customers_country", ["platform_id", "country"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customers_customers_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index("ix_customers_customers_name", ["platform_id", "name", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customers_customers_owner_vendor_id"), ["owner_vendor_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customers_customers_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(
            "ix_customers_customers_since", ["platform_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customers_customers_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_customers_customers_email",
            ["platform_id", "email"],
            unique=True,
            sqlite_where=sa.text("owner_vendor_id IS NULL"),
            postgresql_where=sa.text("owner_vendor_id IS NULL"),
        )

    op.create_table(
        "customers_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=False),
        sa.Column("line2", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_billing", sa.Boolean(), nullable=False),
        sa.Column("is_shipping", sa.Boolean(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_addresses_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_addresses_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_addresses")),
    )
    with op.batch_alter_table("customers_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_addresses_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_addresses_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "customers_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_customers_consents_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_consents_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_consents_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_consents")),
    )
    with op.batch_alter_table("customers_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_consents_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_consents_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "customers_distinct_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_customers_distinct_pairs_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_distinct_pairs_first_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_distinct_pairs_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_distinct_pairs_second_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_distinct_pairs")),
        sa.UniqueConstraint(
            "first_id", "second_id", name=op.f("uq_customers_distinct_pairs_first_id_second_id")
        ),
    )
    with op.batch_alter_table("customers_distinct_pairs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customers_distinct_pairs_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customers_distinct_pairs_second_id"), ["second_id"], unique=False
        )

    op.create_table(
        "customers_match_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=260), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_match_keys_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_match_keys_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_match_keys")),
        sa.UniqueConstraint(
            "customer_id", "kind", "key", name=op.f("uq_customers_match_keys_customer_id_kind_key")
        ),
    )
    with op.batch_alter_table("customers_match_keys", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customers_match_keys_key", ["platform_id", "kind", "key", "customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customers_match_keys_platform_id"), ["platform_id"], unique=False
        )

    op.create_table(
        "customers_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_customers_notes_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_notes_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_customers_notes_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_customers_notes_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_notes")),
    )
    with op.batch_alter_table("customers_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_notes_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_notes_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_notes_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "customers_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_tags_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_customers_tags_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_customers_tags_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_tags")),
    )
    with op.batch_alter_table("customers_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_tags_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_tags_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index("ix_customers_tags_platform_id_name", ["platform_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_tags_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "customers_vendor_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers_customers.id"],
            name=op.f("fk_customers_vendor_links_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_customers_vendor_links_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_customers_vendor_links_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_vendor_links")),
        sa.UniqueConstraint(
            "customer_id", "vendor_id", name=op.f("uq_customers_vendor_links_customer_id_vendor_id")
        ),
    )
    with op.batch_alter_table("customers_vendor_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customers_vendor_links_platform_id"), ["platform_id"], unique=False
        )
        batch_op.create_index("ix_customers_vendor_links_vendor", ["vendor_id", "customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_vendor_links_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("customers_vendor_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_vendor_links_vendor_id"))
        batch_op.drop_index("ix_customers_vendor_links_vendor")
        batch_op.drop_index(batch_op.f("ix_customers_vendor_links_platform_id"))

    op.drop_table("customers_vendor_links")
    with op.batch_alter_table("customers_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_tags_vendor_id"))
        batch_op.drop_index("ix_customers_tags_platform_id_name")
        batch_op.drop_index(batch_op.f("ix_customers_tags_platform_id"))
        batch_op.drop_index(batch_op.f("ix_customers_tags_customer_id"))

    op.drop_table("customers_tags")
    with op.batch_alter_table("customers_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_notes_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_customers_notes_platform_id"))
        batch_op.drop_index(batch_op.f("ix_customers_notes_customer_id"))

    op.drop_table("customers_notes")
    with op.batch_alter_table("customers_match_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_match_keys_platform_id"))
        batch_op.drop_index("ix_customers_match_keys_key")

    op.drop_table("customers_match_keys")
    with op.batch_alter_table("customers_distinct_pairs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_distinct_pairs_second_id"))
        batch_op.drop_index(batch_op.f("ix_customers_distinct_pairs_platform_id"))

    op.drop_table("customers_distinct_pairs")
    with op.batch_alter_table("customers_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_consents_platform_id"))
        batch_op.drop_index(batch_op.f("ix_customers_consents_customer_id"))

    op.drop_table("customers_consents")
    with op.batch_alter_table("customers_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_addresses_platform_id"))
        batch_op.drop_index(batch_op.f("ix_customers_addresses_customer_id"))

    op.drop_table("customers_addresses")
    with op.batch_alter_table("customers_customers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customers_customers_email",
            sqlite_where=sa.text("owner_vendor_id IS NULL"),
            postgresql_where=sa.text("owner_vendor_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customers_customers_user_id"))
        batch_op.drop_index("ix_customers_customers_since")
        batch_op.drop_index(batch_op.f("ix_customers_customers_platform_id"))
        batch_op.drop_index(batch_op.f("ix_customers_customers_owner_vendor_id"))
        batch_op.drop_index("ix_customers_customers_name")
        batch_op.drop_index(batch_op.f("ix_customers_customers_merged_into_id"))
        batch_op.drop_index("ix_customers_customers_country")

    op.drop_table("customers_customers")
