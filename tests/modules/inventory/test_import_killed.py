"""Workers that are killed in the middle of an import lose nothing that they acknowledged, and do nothing twice."""

import subprocess
import sys

import sqlalchemy as sa

from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level, Movement
from modules.inventory.services import ledger_service
from modules.inventory.services.import_service import CATALOGUE_FILES
from tests.modules.inventory.conftest import NOON
from wizamart import imports
from wizamart.config import ROOT

PRODUCTS = 240
KILLS = 5


def test_a_worker_killed_ten_times_brings_in_every_line_once(shop, within, outcome, database_url):
    lines = [
        "handle,title,sku,price,stock,categories",
        *(f"item-{n},Item {n},SKU-{n},{n}.50,{n % 5},Home > Group {n % 7}" for n in range(PRODUCTS)),
    ]
    with within(shop) as session:
        import_id = imports.create_import(
            session,
            CATALOGUE_FILES,
            ["\n".join(lines).encode()],
            file_name="killed.csv",
            platform_id=shop.platform.id,
            vendor_id=shop.vendor.id,
            user_id=None,
            locale="en",
            at=NOON,
            more={"location_id": shop.location_id},
        ).id
    command = [sys.executable, "-m", "tests.modules.inventory.killed_import", database_url]
    numbers = [import_id, shop.platform.id, shop.vendor.id, KILLS]

    ended = subprocess.run([*command, *map(str, numbers)], cwd=ROOT, check=False, timeout=100)

    assert ended.returncode == 0
    found = outcome(shop, import_id)
    assert (found.status, found.lines, found.counts) == ("done", PRODUCTS, {"create": PRODUCTS})
    with within(shop) as session:
        count = {
            model: session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Product, Variant, Movement)
        }
        stocked = sum(1 for n in range(PRODUCTS) if n % 5)
        assert count == {Product: PRODUCTS, Variant: PRODUCTS, Movement: stocked}
        assert session.scalar(sa.select(sa.func.sum(Level.on_hand))) == sum(n % 5 for n in range(PRODUCTS))
        assert session.scalar(sa.select(sa.func.sum(Product.available))) == sum(
            n % 5 for n in range(PRODUCTS)
        )
        assert ledger_service.verify_ledger(session) == []
