"""Lists, searches and filters of many products ask as much of the database as those of few."""

import re

import pytest
import sqlalchemy as sa

from modules.inventory.models.product import Product
from tests.modules.inventory.many import add_products

FEW, MANY = 60, 1_500
PAGES = {
    "admin": (
        "",
        "?search=item",
        "?search=gold",
        "?search=steel+copper",
        "?search=nothing",
        "?stock=out&sort=price&direction=asc",
        "?category=root-1",
        "?status=draft&sort=title&direction=asc",
        "?page=40",
        "?sort=vendor&direction=desc",
    ),
    "shop": (
        "",
        "?search=item",
        "?stock=in&price_to=50&sort=price&direction=asc",
        "?sort=title&direction=asc",
        "?option.colour=red",
        "?option.colour=red&option.size=6-cm&search=item",
        "?page=30",
    ),
}


@pytest.fixture
def addresses(shop, client, make_user, sign_in):
    sign_in(client, make_user(admin_of=shop.platform))
    root = f"/platforms/{shop.platform.code}"
    client.get(f"{root}/catalogue?lang=fr")  # from here on in a language that texts are looked up in
    paths = {"admin": f"{root}/admin/products", "shop": f"{root}/catalogue"}
    return [paths[page] + query for page, queries in PAGES.items() for query in queries]


@pytest.fixture
def fill(shop, within):
    def add(count, start=0):
        owner = {"platform_id": shop.platform.id, "vendor_id": shop.vendor.id}
        with within(shop) as session:
            add_products(session, count, start=start, **owner)

    return add


def plans_of(session, statements):
    """Return what SQLite does for the statements that read products."""
    for statement, parameters in statements:
        if "FROM inventory_products" in statement:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            yield statement, " / ".join(row[3] for row in plan)


@pytest.fixture
def statements():
    found = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_no_page_asks_more_of_many_products_than_of_few(shop, client, addresses, fill, count_queries):
    def queries():
        counts = {}
        for address in addresses:
            client.get(address)
            with count_queries() as log:
                assert client.get(address).status_code == 200
            counts[address] = len(log)
        return counts

    fill(FEW)
    few = queries()
    fill(MANY - FEW, start=FEW)
    many = queries()

    assert {address: count - few[address] for address, count in many.items() if count > few[address]} == {}


@pytest.mark.backends("sqlite")
def test_no_page_reads_through_all_products(shop, client, addresses, fill, within, statements):
    fill(MANY)
    for address in addresses:
        assert client.get(address).status_code == 200
    asked = list(statements)

    with within(shop) as session:
        slow = {
            (plan, statement[-300:])
            for statement, plan in plans_of(session, asked)
            if re.search(r"SCAN inventory_products\b(?! USING COVERING)", plan)
        }
    assert slow == set()


def test_pages_behind_the_numbered_ones_follow_each_other_without_a_gap(
    shop, client, make_user, sign_in, fill, within
):
    fill(1100)
    sign_in(client, make_user(admin_of=shop.platform))
    address = f"/platforms/{shop.platform.code}/admin/products?sort=price&direction=asc&per_page=100&page=10"
    seen = []
    while address and len(seen) < 400:
        page = client.get(address).text
        seen += re.findall(r"/admin/products/(\d+)\"", page)
        following = re.search(r'href="([^"]+)" aria-label="Next page"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    back = re.search(r'href="([^"]+)" aria-label="Previous page"', page)[1].replace("&amp;", "&")
    before = re.findall(r"/admin/products/(\d+)\"", client.get(back).text)

    with within(shop) as session:
        ordered = session.scalars(
            sa.select(Product.id).order_by(Product.price_minor, Product.id).offset(900)
        ).all()
    assert list(dict.fromkeys(map(int, seen))) == list(ordered)
    assert list(dict.fromkeys(map(int, before))) == list(ordered[:100])
    assert "of more than 1,000" in page
