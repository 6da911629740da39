"""Catalogues of 50,000 products beside one of 1,000, and an import of 50,000 lines beside one of 5,000."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from modules.inventory.services import location_service
from modules.inventory.services.import_service import CATALOGUE_FILES
from tests.bench.figures import resident
from tests.bench.measure import Caller, Clock, Row, as_time, compare, row_of
from tests.bench.world import PLATFORM, Databases, ServerDatabases, make_app, part_of
from tests.modules.inventory.many import add_products
from wizamart import clock, imports
from wizamart.app import Wizamart
from wizamart.database import db, unit_of_work
from wizamart.module_system import service
from wizamart.module_system.registry import Registry
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, run_task
from wizamart.testing.factories import Factory
from wizamart.testing.queries import count_queries

FEW, MANY = 1_000, 50_000
FEW_LINES, MANY_LINES = 5_000, 50_000
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
    "Shop: a colour": f"{SHOP}?option.colour=red",
    "Shop: a colour, a size and a word": f"{SHOP}?option.colour=red&option.size=6-cm&search=item",
    "Shop: by name, in French": f"{SHOP}?sort=title&direction=asc&lang=fr",
    "Shop: in stock, by name": f"{SHOP}?stock=in&sort=title&direction=asc",
    "Shop: a category": f"/platforms/{PLATFORM}/categories/root-1",
}


def lists(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Lists, searches and filters of many products, and of few; on PostgreSQL too where there is a server."""
    yield from _lists(databases, registry, "", time.process_time)
    if server := os.environ.get("WIZAMART_TEST_POSTGRES_URL"):
        with ServerDatabases(server, databases.folder) as on_server:
            # The work is the server's, so what counts is how long it takes.
            yield from _lists(on_server, registry, "PostgreSQL, ", time.perf_counter)


def _lists(
    databases: Databases | ServerDatabases, registry: Registry, which: str, clock: Clock
) -> Iterator[Row]:
    few, who_few = _catalogue(databases, registry, FEW)
    many, who_many = _catalogue(databases, registry, MANY)
    for name, path in PAGES.items():
        asker = next((begin for begin in who_few if path.startswith(begin)), SHOP)
        ours, plain = Caller(many, path, **who_many[asker]), Caller(few, path, **who_few[asker])
        queries = [_queries(caller) for caller in (ours, plain)]
        pair = compare(ours, plain, pairs=15, warm_up=2, clock=clock)
        yield row_of(
            f"{which}{name} ({MANY // 1000}k, {FEW // 1000}k; {queries[0]} queries)", pair, at_most=1.5
        )
        if queries[0] > queries[1]:
            raise AssertionError(f"{path}: {queries[0]} queries, and {queries[1]} with few products")


def measure_imports(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Import 5,000 lines and 50,000: how fast, with how much memory, and how long others wait to write."""
    taken = {}
    for lines in (FEW_LINES, MANY_LINES):
        app, _who = make_app(databases.new(), part_of(registry, synthetic=0), on=ON)
        taken[lines] = _import(app, lines)
    few, many = taken[FEW_LINES], taken[MANY_LINES]
    yield Row(
        f"Import of {MANY_LINES:,} lines: lines a second (plain: of {FEW_LINES:,})",
        f"{MANY_LINES / many.seconds:.0f}",
        f"{FEW_LINES / few.seconds:.0f}",
        many.seconds / few.seconds * FEW_LINES / MANY_LINES,
        "≤ 1.5",
        many.seconds / MANY_LINES <= 1.5 * few.seconds / FEW_LINES,
    )
    growth = many.memory / few.memory
    yield Row(
        f"Most memory during an import of {MANY_LINES:,} lines, and of {FEW_LINES:,}",
        f"{many.memory / 2**20:.0f} MiB",
        f"{few.memory / 2**20:.0f} MiB",
        growth,
        "≤ 1.2",
        growth <= 1.2,
    )
    yield Row(
        "Longest step of it, during which SQLite lets nobody else write",
        as_time(many.longest),
        as_time(few.longest),
        None,
        "≤ 2 s",
        many.longest <= 2,
    )


@dataclass(frozen=True, slots=True)
class Import:
    """What an import took: seconds, bytes at most, and the seconds of its longest step."""

    seconds: float
    memory: int
    longest: float


def _import(app: Wizamart, count: int) -> Import:
    factory = Factory(app)
    with app.app_context(), unit_of_work(read_only=True) as session:
        platform = service.find_platform(session, PLATFORM)
        session.expunge(platform)
    vendor = factory.vendor(platform, code="many")
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id, vendor.id):
        now = clock.now()
        place = location_service.get_default_location(session, vendor_id=vendor.id, at=now)
        import_id = imports.create_import(
            session,
            CATALOGUE_FILES,
            _lines(count),
            file_name="many.csv",
            platform_id=platform.id,
            vendor_id=vendor.id,
            user_id=None,
            locale="en",
            at=now,
            more={"location_id": place.id},
        ).id
    read = _work_off(app)
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id, vendor.id):
        row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=vendor.id)
        imports.start_applying(session, CATALOGUE_FILES, row, is_all_or_nothing=False, locale="en", at=now)
    brought = _work_off(app)
    with app.app_context(), unit_of_work(read_only=True) as session, scoped(session, platform.id, vendor.id):
        row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=vendor.id)
        if (row.status, row.counts.get("create")) != ("done", count):
            raise AssertionError(f"{row.status}: {row.counts}")
    steps = [*read, *brought]
    return Import(sum(one[0] for one in steps), max(one[1] for one in steps), max(one[0] for one in steps))


def _lines(count: int) -> Iterator[bytes]:
    yield b"handle,title,description,status,categories,sku,price,stock\n"
    for number in range(count):
        yield (
            f"item-{number},Item {number} of steel,Measured and never sold,active,Root > Leaf {number % 40},"
            f"SKU-{number},{1 + number % 900}.50,{number % 7}\n"
        ).encode()


def _work_off(app: Wizamart) -> list[tuple[float, int]]:
    """Do the inventory's tasks one after the other; return the seconds of each, and the memory in use after it."""
    waiting = sa.select(Task.id).where(Task.status == TaskStatus.QUEUED, Task.name.startswith("inventory."))
    taken = []
    while True:
        with app.app_context(), unit_of_work(read_only=True) as session:
            task_id = session.scalars(waiting).first()
        if task_id is None:
            return taken
        began = time.process_time()
        if run_task(app, task_id) != TaskStatus.SUCCEEDED:
            raise AssertionError(task_id)
        taken.append((time.process_time() - began, resident()))


def _queries(caller: Caller) -> int:
    with count_queries() as log:
        caller()
    return len(log)


def _catalogue(
    databases: Databases | ServerDatabases, registry: Registry, count: int
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
    with app.app_context(), unit_of_work() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE"))  # a server does that by itself, after a while
    client = app.test_client()
    factory.sign_in(client, factory.user("owner@many.example", owner_of=vendor))
    owner = {"headers": {"Cookie": f"wizamart={client.get_cookie('wizamart').value}"}}
    return app, {ADMIN: admin, VENDOR: owner, SHOP: {}}
