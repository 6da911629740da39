"""Products and categories in the languages of the platform, from the form to the cart."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.inventory import contributions
from modules.inventory.exceptions import TextChangedMeanwhile
from modules.inventory.schemas.product_text import CategoryTextForm, ProductTextForm
from modules.inventory.services import category_service, export_service, product_service, text_service
from modules.inventory.services.order_service import reference_of
from tests.modules.inventory.conftest import NOON

FRENCH = ProductTextForm(title="Bouilloire émaillée", description="Elle siffle.")


@pytest.fixture
def base(shop):
    """Return the address of the platform's shop."""
    return f"/platforms/{shop.platform.code}"


@pytest.fixture
def translate(shop, within):
    """Return `translate(product_id, locale, form)`."""

    def write(product_id, locale, form):
        with within(shop) as session:
            product = product_service.get_product(session, product_id)
            text_service.set_product_text(session, product, locale, form, at=NOON)

    return write


@pytest.fixture
def owner(shop, client, make_user, sign_in):
    """Return a client of the vendor's owner."""
    sign_in(client, make_user(owner_of=shop.vendor))
    return client


@pytest.fixture
def kettle(shop, make_product, translate):
    """Return a product with a text in French."""
    made = make_product(
        shop, "Enamel kettle", description="It whistles.", stock=3, seo_title="Kettle, enamelled"
    )
    translate(made.id, "fr", FRENCH)
    return made


def test_a_product_is_shown_in_the_language_of_its_reader_and_else_in_the_platforms(client, base, kettle):
    french = client.get(f"{base}/products/{kettle.slug}?lang=fr").text
    german = client.get(f"{base}/products/{kettle.slug}?lang=de").text

    assert "<title>Bouilloire émaillée · " in french
    assert "<h1>Bouilloire émaillée</h1>" in french
    assert "Elle siffle." in french
    assert '<meta name="description" content="Elle siffle.">' in french
    assert '<h1 lang="en">Enamel kettle</h1>' in german
    assert "<title>Kettle, enamelled · " in german
    [data] = re.findall(r'ld\+json">(\{.*?"@type": "Product".*?)</script>', french)
    assert json.loads(data)["name"] == "Bouilloire émaillée"


def test_search_engines_are_told_only_of_languages_that_a_product_is_written_in(
    app, client, base, shop, kettle, within
):
    head = client.get(f"{base}/products/{kettle.slug}").text.split("</head>")[0]
    with within(shop, as_admin=True) as session, app.test_request_context(f"{base}/"):
        [told] = contributions.sitemap(session, platform_id=shop.platform.id)

    assert re.findall(r'hreflang="([^"]+)"', head) == ["en", "fr", "x-default"]
    assert told["locales"] == ["en", "fr"]


def test_it_is_found_by_the_words_of_every_language(client, base, kettle):
    for words in ("bouilloire", "emaillee", "kettle", "KET-1"):
        assert "Bouilloire émaillée" in client.get(f"{base}/catalogue?lang=fr&search={words}").text
    assert "Bouilloire" not in client.get(f"{base}/catalogue?lang=fr&search=theiere").text


@pytest.fixture
def shelf(shop, make_product, translate):
    """Fill the shelf with four products, of which three have a title in French."""
    titles = {"Zinc bucket": "Éponge", "apple crate": "Zèbre", "Broom": "eau de rose", "Écharpe": None}
    for number, (title, french) in enumerate(titles.items()):
        made = make_product(shop, title, skus=(f"S-{number}",))
        if french:
            translate(made.id, "fr", ProductTextForm(title=french))


def named(page):
    return re.findall(r'shop-card-title"><a [^>]*>([^<]+)</a>', page.text)


def test_a_list_by_name_is_in_the_alphabet_of_what_is_read(client, base, shelf):
    by_name = f"{base}/catalogue?sort=title"

    assert named(client.get(f"{by_name}&lang=fr")) == ["eau de rose", "Écharpe", "Éponge", "Zèbre"]
    assert named(client.get(f"{by_name}&lang=en")) == ["apple crate", "Broom", "Écharpe", "Zinc bucket"]
    assert named(client.get(f"{by_name}&direction=desc&lang=fr"))[0] == "Zèbre"
    assert named(client.get(f"{by_name}&search=zinc&lang=fr")) == ["Éponge"]


def test_pages_by_name_follow_each_other_in_the_alphabet(client, base, shelf, monkeypatch):
    monkeypatch.setattr("modules.inventory.routes.shelf.PER_PAGE", 3)
    first, second = (client.get(f"{base}/catalogue?sort=title&lang=fr&page={page}") for page in (1, 2))

    assert named(first) == ["eau de rose", "Écharpe", "Éponge"]
    assert named(second) == ["Zèbre"]
    assert "1–3 sur 4" in first.text


def test_beyond_what_is_counted_a_list_by_name_follows_the_original(client, base, shelf, monkeypatch):
    monkeypatch.setattr("modules.inventory.services.listing_service.COUNT_UP_TO", 3)

    found = named(client.get(f"{base}/catalogue?sort=title&lang=fr"))

    assert found.index("eau de rose") < found.index("Éponge")
    assert len(found) == 4


def test_categories_are_in_the_alphabet_of_what_is_read(client, base, shop, make_product, within):
    with within(shop, as_admin=True) as session:
        owner = {"platform_id": shop.platform.id, "at": NOON}
        made = {}
        for name, french in (("Garden", "Jardin"), ("Grocery", "Épicerie"), ("Outdoor", "Plein air")):
            made[name] = category_service.create_category(session, name, parent_id=None, **owner)
            text_service.set_category_text(session, made[name], "fr", CategoryTextForm(name=french))
        pots = category_service.create_category(session, "Pots", parent_id=made["Garden"].id, **owner)
        ids = [made["Grocery"].id, made["Outdoor"].id, pots.id]
    make_product(shop, "Rake", category_ids=ids)

    tree = client.get(f"{base}/categories/garden?lang=fr").text.partition('class="shop-tree"')[2]

    assert re.findall(r'/categories/([a-z/]+)"', tree.partition("</nav>")[0]) == [
        "grocery",
        "garden",
        "garden/pots",
        "outdoor",
    ]


def test_words_of_a_text_that_was_taken_away_find_nothing_any_more(client, base, kettle, translate):
    translate(kettle.id, "fr", ProductTextForm())

    assert "shop-card-title" not in client.get(f"{base}/catalogue?search=bouilloire").text
    assert "Enamel kettle" in client.get(f"{base}/catalogue?lang=fr&search=kettle").text


def test_a_change_of_the_product_keeps_its_other_languages(shop, client, base, kettle, within):
    with within(shop) as session:
        product = product_service.get_product(session, kettle.id)
        form = {**product_service.form_of(product), "title": "Steel kettle"}
        product_service.update_product(session, product, product_service.ProductForm(**form), at=NOON)
        state = text_service.state_of(product, "fr")

    assert state == "outdated"
    assert "Bouilloire émaillée" in client.get(f"{base}/catalogue?lang=fr&search=bouilloire").text


def test_a_cart_and_an_order_say_what_their_buyer_read(shop, kettle, within, app):
    with within(shop, as_admin=True) as session:
        product = product_service.get_product(session, kettle.id)
        reference = reference_of(product.variants[0])
        with app.test_request_context("/", headers={"Accept-Language": "fr"}):
            [line] = contributions.order_line_lookup(
                session, platform_id=shop.platform.id, references=[reference]
            )

    assert line["title"] == "Bouilloire émaillée"


def test_files_hold_the_text_in_the_platforms_own_language(shop, kettle, within):
    with within(shop) as session:
        [row] = export_service.list_export_rows(session, vendor_id=shop.vendor.id)

    assert (row["title"], row["description"]) == ("Enamel kettle", "It whistles.")


def test_a_text_is_written_beside_the_original(owner, base, shop, make_product):
    made = make_product(shop, "Enamel kettle", description="It whistles.")
    address = f"{base}/vendor/{shop.vendor.code}/products/{made.id}/texts/fr"

    empty = owner.get(address).text
    saved = owner.post(address, data={"title": "Bouilloire", "description": "Elle siffle.", "seen": ""})
    written = owner.get(address).text

    assert "It whistles." in empty
    assert empty.count("cms-mark-missing") == 3
    assert saved.status_code == 303
    assert written.count("cms-mark-missing") == 2
    assert 'value="Bouilloire"' in written


def test_a_text_without_a_title_is_refused_and_one_without_anything_is_none(owner, base, shop, kettle):
    address = f"{base}/vendor/{shop.vendor.code}/products/{kettle.id}/texts/fr"

    refused = owner.post(address, data={"title": "", "description": "Elle siffle."})
    removed = owner.post(address, data={"title": "", "description": ""})

    assert refused.status_code == 422
    assert "Write a title too" in refused.text
    assert removed.status_code == 303
    assert "cms-mark-missing" in owner.get(address).text


def test_two_who_write_at_once_lose_nothing(owner, base, shop, kettle):
    address = f"{base}/vendor/{shop.vendor.code}/products/{kettle.id}/texts/fr"

    answer = owner.post(address, data={"title": "Cafetière", "seen": "what was shown long ago"})

    assert answer.status_code == 409
    assert 'value="Cafetière"' in answer.text
    assert "Somebody else has changed this text" in answer.text


@pytest.mark.parametrize("language", ["en", "it", "xx"])
def test_there_is_no_text_in_the_platforms_own_language_nor_in_one_that_it_does_not_offer(
    owner, base, shop, kettle, language
):
    address = f"{base}/vendor/{shop.vendor.code}/products/{kettle.id}/texts/{language}"

    assert owner.get(address).status_code == 404
    assert owner.post(address, data={"title": "x"}).status_code == 404


def test_categories_are_named_in_each_language(client, base, shop, make_product, within, make_user, sign_in):
    with within(shop, as_admin=True) as session:
        made = category_service.create_category(
            session, "Kitchen", platform_id=shop.platform.id, parent_id=None, at=NOON
        )
        category_id = made.id
    make_product(shop, category_ids=[category_id])
    sign_in(client, make_user(admin_of=shop.platform))
    address = f"{base}/admin/categories/{category_id}/texts/fr"

    assert client.post(address, data={"name": "", "description": "x"}).status_code == 422
    assert client.post(address, data={"name": "Cuisine", "description": "Tout pour."}).status_code == 303
    client.post(f"{base}/logout")
    page = client.get(f"{base}/categories/kitchen?lang=fr").text

    assert "<h1" in page
    assert ">Cuisine</h1>" in page
    assert "Tout pour." in page
    assert '"category": "Cuisine"' in client.get(f"{base}/products/kettle?lang=fr").text
    assert "Kitchen" in client.get(f"{base}/catalogue?lang=de").text


def test_a_category_text_that_somebody_else_wrote_is_kept(shop, within):
    with within(shop, as_admin=True) as session:
        made = category_service.create_category(
            session, "Kitchen", platform_id=shop.platform.id, parent_id=None, at=NOON
        )
        text_service.set_category_text(session, made, "fr", CategoryTextForm(name="Cuisine"))

        with pytest.raises(TextChangedMeanwhile):
            text_service.set_category_text(session, made, "fr", CategoryTextForm(name="Table"), seen="")


def test_of_many_who_translate_the_same_at_once_one_does_and_the_others_hear_of_it(shop, within, kettle):
    with within(shop, as_admin=True) as session:
        kitchen_id = category_service.create_category(
            session, "Kitchen", platform_id=shop.platform.id, parent_id=None, at=NOON
        ).id

    def write_category(number):
        with within(shop, as_admin=True) as session:
            category = category_service.get_category(session, kitchen_id)
            form = CategoryTextForm(name=f"Küche {number}")
            text_service.set_category_text(session, category, "de", form, seen="")

    def write_product(number):
        with within(shop) as session:
            product = product_service.get_product(session, kettle.id)
            form = ProductTextForm(title=f"Kessel {number}")
            text_service.set_product_text(session, product, "de", form, at=NOON, seen="")

    def is_first(write, number):
        try:
            write(number)
        except TextChangedMeanwhile:
            return False
        return True

    for write in (write_category, write_product):
        with ThreadPoolExecutor(4) as workers:
            assert sum(workers.map(is_first, [write] * 8, range(8))) == 1


def test_the_shelf_asks_as_often_for_many_texts_as_for_one(
    client, base, shop, make_product, translate, count_queries
):
    counts = []
    for number in range(2):
        for extra in range(1 + 8 * number):
            made = make_product(shop, f"Pan {number} {extra}", skus=(f"P{number}-{extra}",))
            translate(made.id, "fr", ProductTextForm(title=f"Poêle {number} {extra}"))
        client.get(f"{base}/catalogue?lang=fr")
        with count_queries() as queries:
            page = client.get(f"{base}/catalogue?lang=fr").text
        counts.append(len(queries))

    assert "Poêle 1 8" in page
    assert counts[0] == counts[1]


def test_the_vendor_finds_the_products_without_a_text_in_a_language(owner, base, shop, kettle, make_product):
    make_product(shop, "Spade", skus=("SPA",))
    address = f"{base}/vendor/{shop.vendor.code}/products?untranslated="

    assert "Spade" in owner.get(f"{address}fr").text
    assert "Enamel kettle" not in owner.get(f"{address}fr").text
    assert "Enamel kettle" in owner.get(f"{address}de").text
