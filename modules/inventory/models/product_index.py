"""What lists of products are searched and narrowed by, kept with every change, whoever makes it.

The words of a product are written when its text is. What is available of it follows at the commit, when the locks on
its variants are all held: taken in between, the lock on the product could meet another transaction's in a circle.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from modules.inventory.models.product import Product, Variant, product_categories
from modules.inventory.models.stock import Level
from modules.inventory.option_keys import LONGEST_OPTION, option_rows
from modules.inventory.words import LONGEST_WORD, words_of
from wizamart.database import Base
from wizamart.platforms import scoped

# Compared byte by byte on PostgreSQL too, so that the words with one beginning lie side by side.
Word: Final = sa.String(LONGEST_WORD).with_variant(sa.String(LONGEST_WORD, collation="C"), "postgresql")
Key: Final = sa.String(LONGEST_OPTION).with_variant(sa.String(LONGEST_OPTION, collation="C"), "postgresql")
search_words: Final = sa.Table(
    "inventory_search_words",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("inventory_products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("word", Word, primary_key=True),
    sa.Column("platform_id", sa.Integer, nullable=False),
    sa.Column("vendor_id", sa.Integer, nullable=False),
    sa.Index("ix_inventory_search_words_word", "platform_id", "word", "vendor_id", "product_id"),
    sqlite_with_rowid=False,
)
option_values: Final = sa.Table(
    "inventory_option_values",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("inventory_products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name_key", Key, primary_key=True),
    sa.Column("value_key", Key, primary_key=True),
    sa.Column("name", sa.String(LONGEST_OPTION), nullable=False),
    sa.Column("value", sa.String(LONGEST_OPTION), nullable=False),
    sa.Column("platform_id", sa.Integer, nullable=False),
    sa.Column("vendor_id", sa.Integer, nullable=False),
    sa.Index(
        "ix_inventory_option_values_value", "platform_id", "name_key", "value_key", "vendor_id", "product_id"
    ),
    sqlite_with_rowid=False,
)
_WAITING: Final = "inventory_levels_changed"


@event.listens_for(Session, "after_flush")
def _follow(session: Session, *_: object) -> None:
    """Write the words, options and places of changed products, and remember whose stock has changed."""
    touched = [*session.new, *session.dirty]
    _write_options(session, [row for row in touched if isinstance(row, Variant) and _has_new_options(row)])
    products = [row for row in touched if isinstance(row, Product)]
    _write_words(session, [row for row in products if _has_new_text(row)])
    write_places(session, sorted(row.id for row in products if _has_new_place(row)))
    for row in touched:
        if isinstance(row, Level):
            _remember(session, row.platform_id, row.variant_id)
        elif isinstance(row, Variant) and _has_changed(row, "archived_at"):
            _remember(session, row.platform_id, row.id)


def _has_changed(row: Product | Variant, *names: str) -> bool:
    attributes = sa.inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _has_new_text(product: Product) -> bool:
    return _has_changed(product, "search_text", "other_titles")


def _write_words(session: Session, products: Sequence[Product]) -> None:
    rows = [
        {"product_id": one.id, "platform_id": one.platform_id, "vendor_id": one.vendor_id, "word": word}
        for one in products
        for word in words_of(f"{one.search_text} {one.other_titles or ''}")
    ]
    if not rows:
        return
    connection = session.connection()
    known = [one.id for one in products if one not in session.new]
    if known:
        connection.execute(sa.delete(search_words).where(search_words.c.product_id.in_(known)))
    connection.execute(sa.insert(search_words), rows)


def _has_new_place(product: Product) -> bool:
    return _has_changed(product, "status", "categories")


def write_places(session: Session, ids: Sequence[int]) -> None:
    """Write beside the categories of these products what they are, and whose."""
    if not ids:
        return
    table = Product.metadata.tables[Product.__tablename__]
    told = {
        name: sa.select(table.c[name]).where(table.c.id == product_categories.c.product_id).scalar_subquery()
        for name in ("status", "vendor_id")
    }
    here = product_categories.c.product_id.in_(ids)
    session.connection().execute(sa.update(product_categories).where(here).values(told))


def _has_new_options(variant: Variant) -> bool:
    return _has_changed(variant, "options", "archived_at")


def _write_options(session: Session, variants: Sequence[Variant]) -> None:
    """Write what the products of these variants can be chosen by."""
    ids = sorted({variant.product_id for variant in variants})
    if not ids:
        return
    connection = session.connection()
    table = Variant.metadata.tables[Variant.__tablename__]
    live = sa.select(table.c.product_id, table.c.platform_id, table.c.vendor_id, table.c.options).where(
        table.c.product_id.in_(ids), table.c.archived_at.is_(None)
    )
    rows = option_rows(connection.execute(live.order_by(table.c.position, table.c.id)))
    connection.execute(sa.delete(option_values).where(option_values.c.product_id.in_(ids)))
    if rows:
        connection.execute(sa.insert(option_values), rows)


def _remember(session: Session, platform_id: int, variant_id: int) -> None:
    waiting = session.info.setdefault(_WAITING, defaultdict(set))
    waiting[platform_id].add(variant_id)


@event.listens_for(Session, "before_commit")
def _count_available(session: Session) -> None:
    """Write down what is available of the products whose levels have changed."""
    if session.in_nested_transaction() or not session.info.get(_WAITING):
        return
    session.flush()  # what is summed up lies in the tables
    waiting = session.info.pop(_WAITING)
    for platform_id, variant_ids in waiting.items():
        with scoped(session, platform_id):
            write_available(session.connection(), sorted(variant_ids))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, *_: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WAITING, None)


def write_available(connection: sa.Connection, variant_ids: list[int], *, batch: int = 1000) -> None:
    """Sum up what is available of the products that have these variants."""
    products, variants, levels = (
        model.metadata.tables[model.__tablename__] for model in (Product, Variant, Level)
    )
    total = (
        sa.select(sa.func.coalesce(sa.func.sum(levels.c.on_hand - levels.c.reserved), 0))
        .join(variants, variants.c.id == levels.c.variant_id)
        .where(variants.c.product_id == products.c.id, variants.c.archived_at.is_(None))
        .scalar_subquery()
    )
    for start in range(0, len(variant_ids), batch):
        chosen = variants.c.id.in_(variant_ids[start : start + batch])
        ids = list(connection.execute(sa.select(variants.c.product_id).where(chosen)).scalars())
        here = products.c.id.in_(sorted(set(ids)))
        # Whoever has changed another variant is waited for here, and counted in the statement after this one.
        locked = sa.select(products.c.id).where(here).order_by(products.c.id).with_for_update()
        connection.execute(locked).all()
        connection.execute(sa.update(products).where(here).values(available=total))
