"""The demonstration's catalogue in French, German and Luxembourgish."""

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.inventory.models.product import Product
from modules.inventory.schemas.product_text import CategoryTextForm, ProductTextForm
from modules.inventory.services import category_service, option_text_service, text_service
from wizamart.platforms import Platform, scoped

FILE = Path(__file__).parent / "demo_texts.csv"
Row = dict[str, str]


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Give the products, options and categories of a platform their texts; what has any stays as it is."""
    platform = session.get_one(Platform, platform_id)
    wanted = text_service.other_locales(platform.locales, platform.default_locale)
    texts = [row for row in _read() if row["locale"] in wanted]
    products = [row for row in texts if row["kind"] == "product"]
    for vendor_id in vendor_ids:
        with scoped(session, platform_id, vendor_id):
            _translate_products(session, products, at=at)
            _translate_options(session, texts, platform_id=platform_id, vendor_id=vendor_id)
    with scoped(session, platform_id):
        _translate_categories(session, [row for row in texts if row["kind"] == "category"])


def _read() -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _translate_products(session: Session, rows: Sequence[Row], *, at: datetime) -> None:
    query = sa.select(Product).where(Product.handle.in_({row["key"] for row in rows}))
    found = {one.handle: one for one in session.scalars(query.options(selectinload(Product.texts)))}
    fresh = {handle for handle, product in found.items() if not product.texts}
    for row in rows:
        if row["key"] in fresh:
            form = ProductTextForm(title=row["title"], description=row["description"])
            text_service.set_product_text(session, found[row["key"]], row["locale"], form, at=at)


def _translate_options(session: Session, rows: Sequence[Row], *, platform_id: int, vendor_id: int) -> None:
    owner = {"platform_id": platform_id, "vendor_id": vendor_id}
    statement, _columns = option_text_service.select_words(**owner)
    known = session.execute(statement).all()
    keys = {(one.name_key, one.value_key) for one in known}
    stored = option_text_service.read_texts(session, known, {row["locale"] for row in rows}, **owner)
    changes = [
        option_text_service.Change(name_key, value_key, row["locale"], "", row["title"])
        for row in rows
        if row["kind"] == "option"
        for name_key, _slash, value_key in (row["key"].partition("/"),)
        if (name_key, value_key) in keys and (row["locale"], name_key, value_key) not in stored
    ]
    option_text_service.write(session, changes, **owner)


def _translate_categories(session: Session, rows: Sequence[Row]) -> None:
    found = {one.path: one for one in category_service.list_categories(session)}
    fresh = {path for path, category in found.items() if not category.texts}
    for row in rows:
        if row["key"] in fresh:
            form = CategoryTextForm(name=row["title"])
            text_service.set_category_text(session, found[row["key"]], row["locale"], form)
