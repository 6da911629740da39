"""What options and their values are called in other languages than the platform's own."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_009_options_in_languages"
down_revision = "inventory_008_what_is_on_sale_in_categories"
branch_labels = None
depends_on = None

TEXTS = "inventory_option_texts"


def upgrade() -> None:
    op.create_table(
        TEXTS,
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("value_key", sa.String(length=80), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f(f"fk_{TEXTS}_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f(f"fk_{TEXTS}_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "platform_id", "locale", "name_key", "value_key", "vendor_id", name=op.f(f"pk_{TEXTS}")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f(f"ix_{TEXTS}_vendor_id"), TEXTS, ["vendor_id"])


def downgrade() -> None:
    op.drop_index(op.f(f"ix_{TEXTS}_vendor_id"), table_name=TEXTS)
    op.drop_table(TEXTS)
