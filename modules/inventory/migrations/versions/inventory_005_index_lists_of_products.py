"""Index the lists of products: their orders, their words, and what is available."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "inventory_005_index_lists_of_products"
down_revision = "inventory_004_read_imports_in_parts"
branch_labels = None
depends_on = None

ORDERS = {
    "shown": ("platform_id", "status", "title", "id"),
    "newest": ("platform_id", "status", "created_at", "id"),
    "cheapest": ("platform_id", "status", "price_minor", "id"),
    "updated": ("platform_id", "updated_at", "id"),
    "title": ("platform_id", "title", "id"),
    "price": ("platform_id", "price_minor", "id"),
    "available": ("platform_id", "available", "vendor_id", "id"),
    "own_updated": ("vendor_id", "platform_id", "updated_at", "id"),
    "own_title": ("vendor_id", "platform_id", "title", "id"),
    "own_price": ("vendor_id", "platform_id", "price_minor", "id"),
    "own_status": ("vendor_id", "platform_id", "status", "title", "id"),
}
FIRST = {
    "shown": ("platform_id", "status", "title"),
    "newest": ("platform_id", "status", "created_at"),
}
BATCH = 500
LONGEST_WORD = 40
MOST_WORDS = 1000


def upgrade() -> None:
    word = sa.String(length=40)
    table = op.create_table(
        "inventory_search_words",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "word", word.with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["inventory_products.id"],
            name=op.f("fk_inventory_search_words_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "word", name=op.f("pk_inventory_search_words")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_inventory_search_words_word",
        "inventory_search_words",
        ["platform_id", "word", "vendor_id", "product_id"],
    )
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("available", sa.Integer(), server_default="0", nullable=False))
        for name in FIRST:
            batch_op.drop_index(f"ix_inventory_products_{name}")
        for name, columns in ORDERS.items():
            batch_op.create_index(f"ix_inventory_products_{name}", list(columns), unique=False)
    _fill(table)


def _fill(table: sa.Table) -> None:
    """Write the words of the products that are there, and what is available of them."""
    connection = op.get_bind()
    products = sa.table(
        "inventory_products", *map(sa.column, ("id", "platform_id", "vendor_id", "search_text"))
    )
    last = 0
    while True:
        query = sa.select(products).where(products.c.id > last).order_by(products.c.id).limit(BATCH)
        found = connection.execute(query).all()
        if not found:
            break
        last = found[-1].id
        rows = [
            {"product_id": one.id, "platform_id": one.platform_id, "vendor_id": one.vendor_id, "word": word}
            for one in found
            for word in words_of(one.search_text)
        ]
        if rows:
            connection.execute(sa.insert(table), rows)
    connection.execute(
        sa.text(
            "UPDATE inventory_products SET available = (SELECT COALESCE(SUM(l.on_hand - l.reserved), 0) "
            "FROM inventory_levels l JOIN inventory_variants v ON v.id = l.variant_id "
            "WHERE v.product_id = inventory_products.id AND v.archived_at IS NULL)"
        )
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order, each once, as searches compared them at this revision."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    found = (word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", plain))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def downgrade() -> None:
    with op.batch_alter_table("inventory_products", schema=None) as batch_op:
        for name in ORDERS:
            batch_op.drop_index(f"ix_inventory_products_{name}")
        batch_op.drop_column("available")
        for name, columns in FIRST.items():
            batch_op.create_index(f"ix_inventory_products_{name}", list(columns), unique=False)
    op.drop_index("ix_inventory_search_words_word", table_name="inventory_search_words")
    op.drop_table("inventory_search_words")
