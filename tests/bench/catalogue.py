"""Catalogues of 50,000 products beside one of 1,000, and an import of 50,000 lines beside one of 5,000."""

from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Caller, Row, compare, row_of
from tests.bench.world import PLATFORM, Databases, make_app, part_of
from tests.modules.inventory.many import add_products
from wizamart.app import Wizamart
from wizamart.database import unit_of_work
from wizamart.module_system import service
from wizamart.module_system.registry import Registry
from wizamart.platforms import scoped
from wizamart.testing.factories import Factory
from wizamart.testing.queries import count_queries

FEW, MANY = 1_000, 50_000
ON = ("inventory",)
ADMIN, SHOP = f"/platforms/{PLATFORM}/admin/products", f"/platforms/{PLATFORM}/catalogue"
VENDOR = f"/platforms/{PLATFORM}/vendor/many/products"
PAGES = {
    "Admin: all products": ADMIN,
    "Admin: a word that every product has": f"{ADMIN}?search=item",
    "Admin: a word that few have": f"{ADMIN}?search=gold",
    "Admin: two words": f"{ADMIN}?search=steel+copper",
    "Admin: out of stock, by price": f"{ADMIN}?stock=out&sort=price&direction=asc",
    "Admin: a category": f"{ADMIN}?category=root-1",
    "Vendor: own products, by name": f"{VENDOR}?sort=title&direction=asc",
    "Vendor: drafts": f"{VENDOR}?status=draft",
    "Vendor: a word and a category": f"{VENDOR}?search=steel&category=root-2/leaf-3",
    "Shop: the catalogue": SHOP,
    "Shop: a word that every product has": f"{SHOP}?search=item",
    "Shop: in stock, at most 50": f"{SHOP}?stock=in&price_to=50&sort=price&direction=asc",
    "Shop: a category": f"/platforms/{PLATFORM}/categories/root-1",
}


def lists(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Lists, searches and filters of many products, and of few."""
    few, who_few = _catalogue(databases, registry, FEW)
    many, who_many = _catalogue(databases, registry, MANY)
    for name, path in PAGES.items():
        asker = next((begin for begin in who_few if path.startswith(begin)), SHOP)
        ours, plain = Caller(many, path, **who_many[asker]), Caller(few, path, **who_few[asker])
        queries = [_queries(caller) for caller in (ours, plain)]
        pair = compare(ours, plain, pairs=15, warm_up=2)
        yield row_of(f"{name} ({MANY:,} products, and {FEW:,}; {queries[0]} queries)", pair, at_most=1.5)
        if queries[0] > queries[1]:
            raise AssertionError(f"{path}: {queries[0]} queries, and {queries[1]} with few products")


def _queries(caller: Caller) -> int:
    with count_queries() as log:
        caller()
    return len(log)


def _catalogue(
    databases: Databases, registry: Registry, count: int
) -> tuple[Wizamart, dict[str, dict[str, Any]]]:
    """Return an application with so many products of one vendor, and how an admin and its owner ask."""
    app, admin = make_app(databases.new(), part_of(registry, synthetic=0), on=ON)
    factory = Factory(app)
    with app.app_context(), unit_of_work(read_only=True) as session:
        platform = service.find_platform(session, PLATFORM)
        session.expunge(platform)
    vendor = factory.vendor(platform, code="many")
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id, vendor.id):
        add_products(session, count, platform_id=platform.id, vendor_id=vendor.id)
    client = app.test_client()
    factory.sign_in(client, factory.user("owner@many.example", owner_of=vendor))
    owner = {"headers": {"Cookie": f"wizamart={client.get_cookie('wizamart').value}"}}
    return app, {ADMIN: admin, VENDOR: owner, SHOP: {}}
