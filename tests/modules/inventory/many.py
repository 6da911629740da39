"""A catalogue of any size, written in bulk: for tests and measurements of what must not grow with it.

Every product is called an item, every second one is of steel, one in ten of copper; 28 of the first thousand are of
gold.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product import Category, Product, Variant, product_categories
from modules.inventory.models.product_index import option_values, search_words
from modules.inventory.models.stock import Level, Location
from modules.inventory.option_keys import option_rows
from modules.inventory.words import words_of

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
CATEGORIES = 40
COLOURS = ("White", "Red", "Blue", "Green", "Black")
BATCH = 2000


def add_products(session: Session, count: int, *, platform_id: int, vendor_id: int, start: int = 0) -> None:
    """Add so many products with a variant, words, a category and stock each; the session is in the vendor's scope."""
    owner = {"platform_id": platform_id, "vendor_id": vendor_id}
    place = Location(**owner, name=f"Warehouse of {start}", is_default=False, created_at=BEGAN)
    session.add(place)
    session.flush()
    categories = _categories(session, platform_id)
    for first in range(start, start + count, BATCH):
        numbers = range(first, min(first + BATCH, start + count))
        session.execute(sa.insert(Product), [_product(number, owner) for number in numbers])
        handles = [f"many-{number}" for number in numbers]
        found = session.execute(
            sa.select(Product.id, Product.handle).where(Product.handle.in_(handles))
        ).all()
        ids = {int(handle.removeprefix("many-")): product_id for product_id, handle in found}
        session.execute(sa.insert(Variant), [_variant(number, ids[number], owner) for number in numbers])
        variants = dict(
            session.execute(
                sa.select(Variant.product_id, Variant.id).where(Variant.product_id.in_(list(ids.values())))
            ).all()
        )
        connection = session.connection()
        connection.execute(
            sa.insert(Level.__table__),
            [
                {
                    **owner,
                    "variant_id": variants[ids[number]],
                    "location_id": place.id,
                    "on_hand": _stock(number),
                    "reserved": 0,
                    "is_backorderable": False,
                }
                for number in numbers
            ],
        )
        _index(session, ids, owner)
        connection.execute(
            sa.insert(product_categories),
            [
                {
                    "product_id": ids[number],
                    "category_id": categories[number % len(categories)],
                    "status": _status(number),
                    "vendor_id": vendor_id,
                }
                for number in numbers
            ],
        )
    session.expunge_all()


def _index(session: Session, ids: dict[int, int], owner: dict[str, int]) -> None:
    """Write what the products are found and narrowed by, which follows only objects of the session by itself."""
    connection = session.connection()
    words = [
        {**owner, "product_id": product_id, "word": word}
        for number, product_id in ids.items()
        for word in words_of(_text(number))
    ]
    connection.execute(sa.insert(search_words), words)
    live = sa.select(Variant.product_id, Variant.platform_id, Variant.vendor_id, Variant.options)
    found = session.execute(live.where(Variant.product_id.in_(list(ids.values()))))
    connection.execute(sa.insert(option_values), option_rows(found))


def _categories(session: Session, platform_id: int) -> list[int]:
    known = list(session.scalars(sa.select(Category.id).where(Category.parent_id.is_not(None))))
    if known:
        return known
    roots = [
        Category(
            platform_id=platform_id,
            name=f"Root {n}",
            path=f"root-{n}",
            full_name=f"Root {n}",
            created_at=BEGAN,
        )
        for n in range(CATEGORIES // 8)
    ]
    session.add_all(roots)
    session.flush()
    leaves = [
        Category(
            platform_id=platform_id,
            parent_id=root.id,
            name=f"Leaf {n}",
            path=f"{root.path}/leaf-{n}",
            full_name=f"{root.name} > Leaf {n}",
            created_at=BEGAN,
        )
        for root in roots
        for n in range(8)
    ]
    session.add_all(leaves)
    session.flush()
    return [leaf.id for leaf in leaves]


def _text(number: int) -> str:
    made_of = ["steel"] if number % 2 else ["glass"]
    made_of += ["copper"] if number % 10 == 7 else []
    made_of += ["gold"] if number < 1000 and number % 37 == 0 else []
    return f"Item of {' '.join(made_of)} {number} SKU-MANY-{number}"


def _stock(number: int) -> int:
    return (0, 3, 40, 500)[number % 4]


def _status(number: int) -> str:
    return "draft" if number % 10 == 3 else "active"


def _product(number: int, owner: dict[str, int]) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=number * 7919 % 100_000)
    return {
        **owner,
        "title": _text(number).rpartition(" ")[0],
        "handle": f"many-{number}",
        "slug": f"many-{owner['vendor_id']}-{number}",
        "description": "Measured, and never sold.",
        "status": _status(number),
        "currency": "EUR",
        "price_minor": 100 + number * 37 % 90_000,
        "option_names": ["Colour", "Size"],
        "images": [],
        "search_text": _text(number),
        "available": _stock(number),
        "created_at": at,
        "updated_at": at,
    }


def _variant(number: int, product_id: int, owner: dict[str, int]) -> dict[str, Any]:
    return {
        **owner,
        "product_id": product_id,
        "sku": f"SKU-MANY-{number}",
        "options": {"Colour": COLOURS[number % len(COLOURS)], "Size": f"{number % 30} cm"},
        "position": 0,
        "price_minor": 100 + number * 37 % 90_000,
    }
