"""A catalogue to look at: a household and outdoor shop in Luxembourg, invented for the demonstration."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from modules.cms.services import media_service
from modules.inventory import demo_pictures
from modules.inventory.imports import own
from modules.inventory.imports.adapter import CatalogueLine, Context
from modules.inventory.schemas.product import ProductForm, VariantForm
from modules.inventory.schemas.states import LocationKind
from modules.inventory.schemas.stock import LocationForm
from modules.inventory.services import (
    category_service,
    location_service,
    overview_service,
    product_service,
    stock_service,
    stock_take_service,
)
from modules.inventory.services.stock_take_service import Counted
from wizamart.platforms import Platform, scoped

FILE = Path(__file__).parent / "demo_catalogue.csv"
COUNTED = 20
PLACES = (
    LocationForm(
        name="Lager Bettembourg",
        kind=LocationKind.WAREHOUSE,
        street="12, rue de la Gare",
        postal_code="L-3236",
        city="Bettembourg",
        is_default=True,
    ),
    LocationForm(
        name="Geschäft Stad",
        kind=LocationKind.SHOP,
        street="7, rue Philippe II",
        postal_code="L-2340",
        city="Luxembourg",
    ),
)


def create(
    session: Session, *, platform_id: int, vendor_ids: Sequence[int], folder: Path, at: datetime
) -> None:
    """Give each vendor a part of the catalogue with stock and a little history; what is there stays as it is."""
    platform = session.get(Platform, platform_id)
    rows = list(_read(platform.currency if platform else "EUR"))
    for number, vendor_id in enumerate(vendor_ids):
        with scoped(session, platform_id, vendor_id):
            if not overview_service.has_products(session):
                own_rows = [row for place, row in enumerate(rows) if place % len(vendor_ids) == number]
                _fill_shelves(
                    session, own_rows, platform_id=platform_id, vendor_id=vendor_id, folder=folder, at=at
                )


def _read(currency: str) -> Iterator[list[dict[str, str]]]:
    """Yield the lines of each product."""
    with FILE.open(encoding="utf-8", newline="") as text:
        group: list[dict[str, str]] = []
        for row in csv.DictReader(text):
            if group and row["handle"] != group[0]["handle"]:
                yield group
                group = []
            group.append({**row, "currency": currency})
        yield group


def _fill_shelves(
    session: Session,
    groups: list[list[dict[str, str]]],
    *,
    platform_id: int,
    vendor_id: int,
    folder: Path,
    at: datetime,
) -> None:
    opened = at - timedelta(days=40)
    warehouse, shop = [
        location_service.create_location(session, form, vendor_id=vendor_id, at=opened) for form in PLACES
    ]
    for age, group in enumerate(groups):
        lines = [own.read(row, Context(row["currency"], at.date())) for row in group]
        head = lines[0]
        form = _form_of(
            session, lines, platform_id=platform_id, vendor_id=vendor_id, folder=folder, at=opened
        )
        made = opened + timedelta(hours=6 * age)
        product = product_service.create_product(
            session,
            form,
            platform_id=platform_id,
            vendor_id=vendor_id,
            currency=head.currency,
            handle=head.group_key,
            at=made,
        )
        for variant, line in zip(product.variants, lines, strict=True):
            _stock(session, variant.id, line.stock or 0, warehouse_id=warehouse.id, shop_id=shop.id, at=made)
    _count_shop(session, shop.id, at=at - timedelta(days=2))


def _form_of(
    session: Session,
    lines: list[CatalogueLine],
    *,
    platform_id: int,
    vendor_id: int,
    folder: Path,
    at: datetime,
) -> ProductForm:
    """Return a product as a form says it, its categories and its picture being there."""
    head = lines[0]
    categories = [
        category_service.ensure_path(session, names, platform_id=platform_id, at=at, may_create=True)
        for names in head.categories or ()
    ]
    pictures = _pictures(session, lines, platform_id=platform_id, vendor_id=vendor_id, folder=folder, at=at)
    return ProductForm(
        title=head.title,
        description=head.description or "",
        status=head.status or "draft",
        tax_class=head.tax_class or "standard",
        category_ids=[category.id for category in categories if category],
        images=list(pictures.values()),
        allows_backorder=bool(head.allows_backorder),
        option_names=[name for name, _value in head.options],
        variants=[
            VariantForm(
                sku=line.sku,
                gtin=line.gtin or "",
                price_minor=line.price or 0,
                compare_at_minor=line.compare_at,
                low_stock_threshold=line.low_stock,
                image=next((pictures[value] for _name, value in line.options if value in pictures), ""),
                **{f"option{n}": value for n, (_name, value) in enumerate(line.options, start=1)},
            )
            for line in lines
        ],
    )


def _count_shop(session: Session, location_id: int, *, at: datetime) -> None:
    """Begin a stock-take of the shop, in which a few things are missing and one too many was found."""
    take = stock_take_service.start(session, location_id, note="Inventaire November", actor_id=None, at=at)
    sheet = session.execute(stock_take_service.select_sheet(take).limit(COUNTED)).all()
    lines = [
        Counted(row[0].id, max(row.on_hand + (1 if place == 1 else -(place % 3 == 0)), 0), at)
        for place, row in enumerate(sheet)
        if row.on_hand
    ]
    stock_take_service.count(session, take, lines, actor_id=None)


def _pictures(
    session: Session,
    lines: Sequence[CatalogueLine],
    *,
    platform_id: int,
    vendor_id: int,
    folder: Path,
    at: datetime,
) -> dict[str, str]:
    """Put the drawings of a product into its vendor's media library; return their addresses by colour, `` the main."""
    head, found = lines[0], {}
    for paint in dict.fromkeys(["", *(value for line in lines for _name, value in line.options)]):
        content = demo_pictures.draw(head.group_key, paint)
        if content is not None:
            media = media_service.add_media(
                session,
                content,
                platform_id=platform_id,
                vendor_id=vendor_id,
                name=f"{head.group_key} {paint}".strip() + ".png",
                alt=f"{head.title}, {paint}" if paint else head.title,
                folder=folder,
                at=at,
            )
            found[paint] = media.path()
    return found


def _stock(
    session: Session, variant_id: int, pieces: int, *, warehouse_id: int, shop_id: int, at: datetime
) -> None:
    """Receive the pieces, carry some to the shop, and sell and take back a few."""
    if not pieces:
        return
    sold, on_show = pieces // 8, pieces // 5
    stock_service.receive(
        session, variant_id, pieces + sold, location_id=warehouse_id, at=at, reason="Liwwerung"
    )
    if on_show:
        stock_service.transfer(
            session,
            variant_id,
            on_show,
            source_id=warehouse_id,
            target_id=shop_id,
            at=at + timedelta(days=1),
        )
    if sold:
        later = at + timedelta(days=9)
        stock_service.sell(session, variant_id, sold, location_id=warehouse_id, at=later)
