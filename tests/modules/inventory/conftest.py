"""Makers of what the inventory's tests need."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.stock import LocationForm
from modules.inventory.services import (
    location_service,
    product_service,
    stock_service,
)
from modules.inventory.services.import_service import CATALOGUE_FILES
from wizamart import imports
from wizamart.config import ROOT
from wizamart.database import unit_of_work
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, run_task

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DATA = Path(ROOT).parent / "shared" / "data"


@dataclass
class Shop:
    """A vendor on a platform with the inventory on, and its warehouse."""

    platform: Any
    vendor: Any
    location_id: int


@pytest.fixture
def within(app) -> Callable[..., AbstractContextManager[Session]]:
    """Return `within(shop)`: a session in the vendor's scope, committed at the end."""

    @contextmanager
    def work(shop: Any, *, as_admin: bool = False) -> Iterator[Session]:
        vendor_id = None if as_admin else shop.vendor.id
        with app.app_context(), unit_of_work() as session, scoped(session, shop.platform.id, vendor_id):
            yield session

    return work


@pytest.fixture
def make_shop(make_platform, make_vendor, within) -> Callable[..., Shop]:
    """Return `make_shop(platform=None)`."""

    def make(platform: Any = None) -> Shop:
        platform = platform or make_platform(modules=["inventory"])
        shop = Shop(platform, make_vendor(platform), 0)
        with within(shop) as session:
            form = LocationForm(name="Bettembourg", is_default=True)
            place = location_service.create_location(session, form, vendor_id=shop.vendor.id, at=NOON)
            shop.location_id = place.id
        return shop

    return make


@pytest.fixture
def shop(make_shop) -> Shop:
    """Return a vendor with a warehouse."""
    return make_shop()


@pytest.fixture
def make_product(within) -> Callable[..., SimpleNamespace]:
    """Return `make_product(shop, title, *, stock=0, options=…, **fields)`: ids of the product and its variants."""

    def make(
        shop: Shop,
        title: str = "Kettle",
        *,
        stock: int = 0,
        skus: tuple[str, ...] = ("KET-1",),
        status: str = "active",
        price: int = 3950,
        **fields: Any,
    ) -> SimpleNamespace:
        names = ["Colour"] if len(skus) > 1 else []
        rows = [{"sku": sku, "price_minor": price, "option1": sku if names else ""} for sku in skus]
        form = ProductForm(title=title, status=status, option_names=names, variants=rows, **fields)
        with within(shop) as session:
            product = product_service.create_product(
                session,
                form,
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                currency="EUR",
                at=NOON,
            )
            ids = [variant.id for variant in product.variants]
            for variant_id in ids if stock else ():
                stock_service.receive(session, variant_id, stock, location_id=shop.location_id, at=NOON)
            return SimpleNamespace(id=product.id, slug=product.slug, variant_ids=ids, variant_id=ids[0])

    return make


@pytest.fixture
def work_off(app) -> Callable[[], None]:
    """Return `work_off()`: run the waiting tasks of the inventory until none waits."""

    def run() -> None:
        waiting = sa.select(Task.id).where(
            Task.status == TaskStatus.QUEUED, Task.name.startswith("inventory.")
        )
        while True:
            with app.app_context(), unit_of_work(read_only=True) as session:
                ids = list(session.scalars(waiting))
            if not ids:
                return
            for task_id in ids:
                assert run_task(app, task_id) == TaskStatus.SUCCEEDED, _error_of(app, task_id)

    return run


def _error_of(app: Any, task_id: int) -> str:
    with app.app_context(), unit_of_work(read_only=True) as session:
        return str(session.scalars(sa.select(Task.error).where(Task.id == task_id)).one())


@pytest.fixture
def read_file(within, work_off) -> Callable[..., int]:
    """Return `read_file(shop, content, name="file.csv")`: the id of an import that was read and judged."""

    def read(shop: Shop, content: bytes | Path, name: str = "file.csv") -> int:
        content = content.read_bytes() if isinstance(content, Path) else content
        pieces = [content[start : start + 1000] for start in range(0, len(content), 1000)]
        with within(shop) as session:
            row = imports.create_import(
                session,
                CATALOGUE_FILES,
                pieces,
                file_name=name,
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                user_id=None,
                locale="en",
                at=NOON,
                more={"location_id": shop.location_id},
            )
            import_id = row.id
        work_off()
        return import_id

    return read


@pytest.fixture
def bring_in(within, work_off) -> Callable[..., None]:
    """Return `bring_in(shop, import_id, all_or_nothing=False)`."""

    def bring(shop: Shop, import_id: int, *, all_or_nothing: bool = False) -> None:
        with within(shop) as session:
            row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=shop.vendor.id)
            imports.start_applying(
                session, CATALOGUE_FILES, row, is_all_or_nothing=all_or_nothing, locale="en", at=NOON
            )
        work_off()

    return bring


@pytest.fixture
def outcome(within) -> Callable[..., SimpleNamespace]:
    """Return `outcome(shop, import_id)`: status, problem, counts, format and the reasons by line number."""

    def read(shop: Shop, import_id: int) -> SimpleNamespace:
        with within(shop) as session:
            row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=shop.vendor.id)
            lines = imports.list_lines(session, CATALOGUE_FILES, import_id).all()
            return SimpleNamespace(
                status=row.status,
                problem=row.problem,
                format=row.format,
                encoding=row.encoding,
                delimiter=row.delimiter,
                lines=row.lines,
                counts={key: value for key, value in row.counts.items() if value},
                reasons={line.number: line.reason for line in lines if line.verdict == "refused"},
                notes={
                    line.number: line.reason for line in lines if line.verdict != "refused" and line.reason
                },
                verdicts=[line.verdict for line in lines],
            )

    return read
