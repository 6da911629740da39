"""The shop's catalogue as customers and search engines meet it."""

import json
import re

import pytest

from modules.cms.services import media_service
from modules.inventory import contributions
from modules.inventory.demo_pictures import draw
from modules.inventory.services import category_service, product_service
from tests.modules.inventory.conftest import NOON
from wizamart.exceptions import InvalidInput

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def base(shop):
    """Return the address of the platform's shop."""
    return f"/platforms/{shop.platform.code}"


@pytest.fixture
def make_category(shop, within):
    """Return `make_category(name, parent_id=None, description="")`: its id."""

    def make(name, parent_id=None, description=""):
        with within(shop, as_admin=True) as session:
            made = category_service.create_category(
                session,
                name,
                platform_id=shop.platform.id,
                parent_id=parent_id,
                description=description,
                at=NOON,
            )
            return made.id

    return make


@pytest.fixture
def make_media(app, shop, within):
    """Return `make_media(handle, alt)`: the number of a picture in the vendor's library, and its address."""

    def make(handle, alt=""):
        with within(shop) as session:
            media = media_service.add_media(
                session,
                draw(handle),
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                name=f"{handle}.png",
                alt=alt,
                folder=app.extensions["settings"].media_path,
                at=NOON,
            )
            return media.id, media.path()

    return make


def titles(page):
    return re.findall(r'shop-card-title"><a [^>]*>([^<]+)</a>', page)


def linked_data(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {data["@type"]: data for data in map(json.loads, found)}


@pytest.mark.backends("sqlite", "postgresql")
def test_the_old_addresses_of_a_category_lead_to_where_it_is(client, shop, base, make_category, within):
    kitchen, garden = make_category("Kitchen"), make_category("Garden")
    make_category("Pots", kitchen)

    def move(name, parent_id=None):
        with within(shop, as_admin=True) as session:
            category = category_service.get_category(session, kitchen)
            category_service.update_category(session, category, name, parent_id=parent_id, at=NOON)

    def ask(path):
        answer = client.get(f"{base}/categories/{path}")
        return answer.status_code, (answer.location or "").removeprefix(f"{base}/categories/")

    move("Cooking")
    assert ask("kitchen/pots") == (301, "cooking/pots")
    move("Cooking", garden)
    assert ask("kitchen") == (301, "garden/cooking")
    assert ask("cooking/pots") == (301, "garden/cooking/pots")
    move("Kitchen")
    assert ask("kitchen") == (200, "")
    assert ask("garden/cooking") == (301, "kitchen")
    assert ask("nothing") == (404, "")


@pytest.mark.backends("sqlite", "postgresql")
def test_an_old_address_of_a_category_is_remembered_by_browsers_for_an_hour_only(
    client, shop, base, make_category, within
):
    tools = make_category("Tools")
    with within(shop, as_admin=True) as session:
        category = category_service.get_category(session, tools)
        category_service.update_category(session, category, "Workshop", parent_id=None, at=NOON)

    assert client.get(f"{base}/categories/tools").cache_control.max_age == 3600


@pytest.mark.backends("sqlite", "postgresql")
def test_moving_a_category_asks_no_query_for_each_below_it(shop, make_category, within, count_queries):
    top = make_category("Top")

    def move(name):
        with within(shop, as_admin=True) as session:
            category = category_service.get_category(session, top)
            with count_queries() as queries:
                category_service.update_category(session, category, name, parent_id=None, at=NOON)
                session.flush()
        return len(queries)

    make_category("First", top)
    few = move("Peak")
    for number in range(5):
        make_category(f"More {number}", top)

    assert move("Summit") == few


def test_a_category_takes_nothing_below_it_deeper_than_the_tree_is(shop, make_category, within):
    deep = None
    for level in range(5):
        deep = make_category(f"Level {level}", deep)
    top = make_category("Top")
    make_category("Below", top)

    with within(shop, as_admin=True) as session:
        category = category_service.get_category(session, top)
        with pytest.raises(InvalidInput):
            category_service.update_category(session, category, "Top", parent_id=deep, at=NOON)


def test_the_shelf_is_narrowed_and_ordered_by_its_address(
    client, shop, base, make_shop, make_product, make_category
):
    other = make_shop(shop.platform)
    kitchen = make_category("Kitchen")
    pots = make_category("Pots", kitchen, description="For soups and stews.")
    make_product(shop, "Kettle", stock=3, price=4000, category_ids=[kitchen])
    make_product(shop, "Casserole", skus=("CAS",), price=9000, category_ids=[pots])
    make_product(other, "Boots", skus=("BOO",), stock=1, price=12000)

    def found(query="", path="/catalogue"):
        return titles(client.get(f"{base}{path}{query}").text)

    assert found("?sort=price&direction=asc") == ["Kettle", "Casserole", "Boots"]
    assert found("?sort=price&direction=desc") == ["Boots", "Casserole", "Kettle"]
    assert found("?price_from=40,01&price_to=100") == ["Casserole"]
    assert sorted(found("?stock=in")) == ["Boots", "Kettle"]
    assert found(f"?vendor={other.vendor.id}") == ["Boots"]
    assert sorted(found("?price_from=cheap&vendor=nobody&page=999")) == ["Boots", "Casserole", "Kettle"]
    assert sorted(found(path="/categories/kitchen")) == ["Casserole", "Kettle"]
    assert found("?search=kett", "/categories/kitchen") == ["Kettle"]
    moved = client.get(f"{base}/catalogue?category=kitchen/pots&sort=title")
    assert (moved.status_code, moved.location) == (301, f"{base}/categories/kitchen/pots?sort=title")
    assert client.get(f"{base}/categories/nothing").status_code == 404

    pots_page = client.get(f"{base}/categories/kitchen/pots?search=x&page=2").text
    assert "For soups and stews." in pots_page
    assert f'rel="canonical" href="http://localhost{base}/categories/kitchen/pots"' in pots_page
    assert "Nothing matches" in pots_page
    crumbs = linked_data(pots_page)["BreadcrumbList"]["itemListElement"]
    assert [crumb["name"] for crumb in crumbs] == ["Catalogue", "Kitchen"]


def test_an_empty_shop_is_another_page_than_nothing_found(client, base):
    empty, nothing = client.get(f"{base}/catalogue").text, client.get(f"{base}/catalogue?search=x").text

    assert "Nothing is on sale yet" in empty
    assert "Nothing matches" in nothing


def test_a_variant_is_chosen_by_a_link_and_costs_what_it_costs(client, shop, base, make_product, within):
    product = make_product(shop, "Mug", skus=("Blue", "Red", "Green"))
    with within(shop) as session:
        mug = product_service.get_product(session, product.id)
        mug.variants[1].price_minor, mug.variants[1].compare_at_minor = 2500, 3950
        mug.allows_backorder = True
    page = client.get(f"{base}/products/mug").text
    red = client.get(f"{base}/products/mug?variant={product.variant_ids[1]}").text
    stranger = client.get(f"{base}/products/mug?variant=99999999999").text

    assert f'href="{base}/products/mug?variant={product.variant_ids[2]}"' in page
    assert "€39.50" in page.split('id="product"')[1]
    assert "Colour: <strong>Red</strong>" in red
    assert "€25.00" in red
    assert 'rel="canonical" href="http://localhost' + f'{base}/products/mug"' in red
    assert "On back-order" in red
    assert "Colour: <strong>Blue</strong>" in stranger
    offers = linked_data(red)["Product"]["offers"]
    assert [offer["price"] for offer in offers] == ["39.50", "25.00", "39.50"]
    assert offers[1]["url"].endswith(f"?variant={product.variant_ids[1]}")
    assert offers[1]["availability"] == "https://schema.org/BackOrder"


def test_pictures_come_from_the_library_in_several_sizes_and_keep_their_place(
    client, app, shop, base, make_product, make_media, within, make_user, sign_in
):
    (first, address), (second, other) = make_media("enamel-kettle", "A white kettle"), make_media("moka-pot")
    make_product(shop, "Kettle", images=[other, address, "https://pictures.example.com/a.png"])
    page = client.get(f"{base}/products/kettle").text
    shelf = client.get(f"{base}/catalogue").text

    assert 'srcset="' in page
    assert 'alt="A white kettle"' in page
    assert 'alt="Kettle"' in page
    assert page.index(other) < page.index(address) < page.index("pictures.example.com")
    assert all("width=" in image and "height=" in image for image in re.findall(r"<img [^>]*>", page + shelf))
    small = re.search(rf'src="({base}/media/\d+/[^"]+)"', shelf)[1]
    assert client.get(small).status_code == 200
    assert linked_data(page)["Product"]["image"][0] == f"http://localhost{base}{other}"

    with within(shop) as session, app.test_request_context():
        uses = contributions.media_usage(session, media_ids=[first, second, 999])
        assert {(use["media_id"], use["label"]) for use in uses} == {(first, "Kettle"), (second, "Kettle")}
    sign_in(client, make_user(owner_of=shop.vendor))
    portal = f"{base}/vendor/{shop.vendor.code}"
    form = {
        "title": "Kettle",
        "status": "active",
        "tax_class": "standard",
        "media_ids": f"{first}\n999",
        "images": "https://pictures.example.com/b.png",
        "variants.0.sku": "KET-1",
        "variants.0.price_minor": "39,50",
    }
    assert client.post(f"{portal}/products/1", data=form).status_code == 303
    with within(shop) as session:
        product = product_service.get_product(session, 1)
        assert product.images == [address, "https://pictures.example.com/b.png"]
        assert [media.id for media in product.media] == [first]


def test_search_engines_are_told_all_that_is_shown_and_nothing_else(
    client, app, shop, base, make_product, make_category, within
):
    kitchen = make_category("Kitchen")
    make_category("Empty")
    make_product(
        shop, "Kettle", category_ids=[kitchen], seo_title="Kettle of enamel", seo_description="Boils."
    )
    make_product(shop, "Secret", skus=("SEC",), status="draft")
    page = client.get(f"{base}/products/kettle").text
    with within(shop, as_admin=True) as session, app.test_request_context(f"{base}/"):
        given = contributions.sitemap(session, platform_id=shop.platform.id)
        told = [entry["url"].rpartition("/")[2] for entry in given]

    assert told == ["kitchen", "kettle"]
    assert "<title>Kettle of enamel · " in page
    assert '<meta name="description" content="Boils.">' in page


def test_related_products_and_the_first_page_ask_as_often_for_many_as_for_one(
    client, shop, base, make_product, make_category, count_queries
):
    kitchen = make_category("Kitchen")
    for number in range(2):
        make_product(shop, f"Pan {number}", skus=(f"P{number}",), category_ids=[kitchen])
    counts = []
    for number in range(2):
        for address in (f"{base}/products/pan-0", f"{base}/", f"{base}/categories/kitchen"):
            client.get(address)
            with count_queries() as queries:
                page = client.get(address).text
            counts.append(len(queries))
        for extra in range(12) if number == 0 else ():
            make_product(shop, f"Pot {extra}", skus=(f"A{extra}", f"B{extra}"), category_ids=[kitchen])

    assert counts[:3] == counts[3:]
    assert "Pot 11" in page


def test_who_comes_by_a_link_of_a_search_engine_reads_on_in_its_language(client, base, shop, make_product):
    make_product(shop)
    page = client.get(f"{base}/catalogue").text
    [french] = re.findall(r'hreflang="fr" href="http://localhost([^"]+)"', page.split("</head>")[0])

    arrival = client.get(french, headers={"Accept-Language": "de"}).text
    onward = client.get(f"{base}/", headers={"Accept-Language": "de"}).text

    assert '<html lang="fr"' in arrival
    assert f'rel="canonical" href="http://localhost{french}"' in arrival
    assert '<html lang="fr"' in onward
    assert f'rel="canonical" href="http://localhost{base}/"' in onward
