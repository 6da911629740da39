"""A picture for each variant, and the values of options as what lists are narrowed by."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "inventory_007_pictures_and_options_of_variants"
down_revision = "inventory_006_texts_in_languages"
branch_labels = None
depends_on = None

BATCH = 500
LONGEST_OPTION = 80
LONGEST_SLUG = 120


def upgrade() -> None:
    key = sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql")
    table = op.create_table(
        "inventory_option_values",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("name_key", key, nullable=False),
        sa.Column("value_key", key, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_option_values_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "product_id", "name_key", "value_key", name=op.f("pk_inventory_option_values")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_inventory_option_values_value",
        "inventory_option_values",
        ["platform_id", "name_key", "value_key", "vendor_id", "product_id"],
    )
    with op.batch_alter_table("inventory_variants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("image", sa.String(length=2000), server_default="", nullable=False))
    _fill(table)


def _fill(table: sa.Table) -> None:
    """Write what the products that are there can be chosen by."""
    connection = op.get_bind()
    names = ("id", "product_id", "platform_id", "vendor_id", "position", "archived_at")
    variants = sa.table(
        "inventory_variants", *(sa.column(name) for name in names), sa.column("options", sa.JSON())
    )
    last = 0
    while True:
        ids = connection.scalars(
            sa.select(variants.c.product_id)
            .distinct()
            .where(variants.c.product_id > last)
            .order_by(variants.c.product_id)
            .limit(BATCH)
        ).all()
        if not ids:
            return
        last = ids[-1]
        live = sa.select(variants).where(variants.c.product_id.in_(ids), variants.c.archived_at.is_(None))
        rows = option_rows(connection.execute(live.order_by(variants.c.position, variants.c.id)))
        if rows:
            connection.execute(sa.insert(table), rows)


def option_rows(variants: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the rows of what variants differ in; two spellings of a value are one, as the first has it."""
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    for one in variants:
        for name, value in (one.options or {}).items():
            keys = {"name_key": option_key(str(name)), "value_key": option_key(str(value))}
            if all(keys.values()):
                place = (one.product_id, keys["name_key"], keys["value_key"])
                owner = {"platform_id": one.platform_id, "vendor_id": one.vendor_id}
                texts = {"name": str(name)[:LONGEST_OPTION], "value": str(value)[:LONGEST_OPTION]}
                found.setdefault(place, {"product_id": one.product_id, **keys, **texts, **owner})
    return list(found.values())


def option_key(text: str) -> str:
    return (slugify(text) or re.sub(r"\s+", " ", text.casefold()).strip())[:LONGEST_OPTION]


def slugify(text: str) -> str:
    plain = text.replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("œ", "oe")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST_SLUG].strip("-")


def downgrade() -> None:
    with op.batch_alter_table("inventory_variants", schema=None) as batch_op:
        batch_op.drop_column("image")
    op.drop_index("ix_inventory_option_values_value", table_name="inventory_option_values")
    op.drop_table("inventory_option_values")
