"""Names and values of options in the languages of the platform: written once by a vendor, read everywhere."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from types import SimpleNamespace

import pytest

from modules.inventory import contributions
from modules.inventory.schemas.product import ProductForm
from modules.inventory.services import export_service, option_text_service, product_service
from modules.inventory.services.option_text_service import Change
from modules.inventory.services.order_service import reference_of
from tests.modules.inventory.conftest import NOON
from wizamart.exceptions import InvalidInput

COLOURS = {"": "Couleur", "white": "Blanc", "red": "Rouge"}


@pytest.fixture
def base(shop):
    """Return the address of the platform's shop."""
    return f"/platforms/{shop.platform.code}"


@pytest.fixture
def make_coloured(within):
    """Return `make_coloured(shop, title, *colours, name="Colour")`: ids of a product and its variants."""

    def make(shop, title, *colours, name="Colour"):
        rows = [{"sku": f"{title}-{one}", "price_minor": 1000, "option1": one} for one in colours]
        form = ProductForm(title=title, status="active", option_names=[name], variants=rows)
        owner = {"platform_id": shop.platform.id, "vendor_id": shop.vendor.id}
        with within(shop) as session:
            made = product_service.create_product(session, form, currency="EUR", at=NOON, **owner)
            return SimpleNamespace(
                id=made.id, slug=made.slug, references=[reference_of(one) for one in made.variants]
            )

    return make


@pytest.fixture
def write(within):
    """Return `write(shop, texts, locale="fr", seen="")`: write texts of the option colour by the keys of its values."""

    def changes(shop, texts, locale="fr", seen=""):
        rows = [Change("colour", key, locale, seen, text) for key, text in texts.items()]
        owner = {"platform_id": shop.platform.id, "vendor_id": shop.vendor.id}
        with within(shop) as session:
            return option_text_service.write(session, rows, **owner)

    return changes


@pytest.fixture
def mugs(shop, make_coloured, write):
    """Return two products that share an option, which has its words in French."""
    made = make_coloured(shop, "Mug", "White", "Red"), make_coloured(shop, "Bowl", "white", "Green")
    write(shop, COLOURS)
    return made


@pytest.fixture
def owner(shop, client, make_user, sign_in):
    """Return a client of the vendor's owner."""
    sign_in(client, make_user(owner_of=shop.vendor))
    return client


@pytest.fixture
def page(shop, base):
    """Return the address of the page on which a vendor writes them."""
    return f"{base}/vendor/{shop.vendor.code}/options"


def facets_of(text):
    """Return the labels of values that a page of the shop offers, and where they lead without the language."""
    found = re.findall(
        r'<a class="shop-choice" href="([^"]+option\.[^"]+)".*?</span>([^<]+?) <span', text, re.DOTALL
    )
    return {label: unescape(url).partition("?")[2] for url, label in found}


def test_a_product_says_its_options_in_the_language_of_its_reader(client, base, mugs):
    mug, bowl = mugs
    french = client.get(f"{base}/products/{mug.slug}?lang=fr").text
    german = client.get(f"{base}/products/{mug.slug}?lang=de").text
    mixed = client.get(f"{base}/products/{bowl.slug}?lang=fr").text

    assert "Couleur\xa0: <strong>Blanc</strong>" in french
    assert ">Rouge<" in french
    assert "Colour: <strong>White</strong>" in german
    assert ">Green<" in mixed
    assert "Blanc" in mixed


def test_filters_are_named_in_a_language_and_lead_where_they_lead_in_any(client, base, mugs):
    english = facets_of(client.get(f"{base}/catalogue?lang=en").text)
    french = facets_of(client.get(f"{base}/catalogue?lang=fr").text)
    chosen = client.get(f"{base}/catalogue?lang=fr&option.colour=red").text

    assert french == {
        "Blanc": english["White"],
        "Rouge": english["Red"],
        "Green": english["Green"],
    }
    assert list(french) == ["Blanc", "Green", "Rouge"]
    assert ">Couleur<" in chosen
    assert re.search(r"shop-chip.*?</span>Rouge<", chosen, re.DOTALL)
    assert re.findall(r'shop-card-title"><a [^>]*>([^<]+)</a>', chosen) == ["Mug"]


def test_filters_over_several_vendors_say_what_most_of_them_say(
    client, base, shop, make_shop, make_coloured, write
):
    for number, texts in enumerate(({"red": "Vermeil"}, {"red": "Rouge"}, {"red": "Rouge"}, {})):
        vendor = make_shop(shop.platform)
        make_coloured(vendor, f"Mug {number}", "Red", "Blue")
        write(vendor, texts)
    elsewhere = make_shop()
    make_coloured(elsewhere, "Jug", "Red", "Blue")
    write(elsewhere, {"blue": "Bleu"})

    assert list(facets_of(client.get(f"{base}/catalogue?lang=fr").text)) == ["Blue", "Rouge"]


def test_a_vendors_words_are_not_put_into_anothers_mouth(client, base, shop, make_shop, make_coloured, mugs):
    other = make_shop(shop.platform)
    made = make_coloured(other, "Jug", "White", "Red")

    text = client.get(f"{base}/products/{made.slug}?lang=fr").text

    assert "Colour\xa0: <strong>White</strong>" in text


def test_carts_say_what_their_buyer_reads_and_files_what_the_vendor_wrote(app, shop, within, mugs):
    with (
        within(shop, as_admin=True) as session,
        app.test_request_context("/", headers={"Accept-Language": "fr"}),
    ):
        lines = contributions.order_line_lookup(
            session, platform_id=shop.platform.id, references=mugs[0].references
        )
    with within(shop) as session:
        rows = list(export_service.list_export_rows(session, vendor_id=shop.vendor.id))

    assert [line["options"] for line in lines] == ["Blanc", "Rouge"]
    assert {(row["option1_name"], row["option1_value"]) for row in rows} == {
        ("Colour", "White"),
        ("Colour", "Red"),
        ("Colour", "white"),
        ("Colour", "Green"),
    }


def test_no_page_of_the_shop_asks_more_often_for_many_words_than_for_few(
    client, base, shop, make_coloured, write, mugs, count_queries
):
    addresses = [f"{base}/catalogue?lang=fr", f"{base}/products/{mugs[0].slug}?lang=fr"]

    def queries():
        counts = []
        for address in addresses:
            client.get(address)
            with count_queries() as log:
                client.get(address)
            counts.append(len(log))
        return counts

    few = queries()
    make_coloured(shop, "Scarf", *(f"Tone {letter}" for letter in "abcdefghijkl"))
    write(shop, {f"tone-{letter}": f"Ton {letter}" for letter in "abcdefghijkl"})

    assert queries() == few


def test_a_vendor_writes_all_languages_on_one_page(owner, page, shop, make_coloured):
    make_coloured(shop, "Mug", "White", "Red")
    empty = owner.get(page).text

    saved = owner.post(
        page,
        data={
            "name.0": "colour", "value.0": "", "seen.0.fr": "", "text.0.fr": " Couleur ",
            "seen.0.de": "", "text.0.de": "Farbe",
            "name.1": "colour", "value.1": "red", "seen.1.fr": "", "text.1.fr": "Rouge",
        },
    )  # fmt: skip
    written = owner.get(page).text

    assert 'aria-label="White – Français"' in empty
    assert 'value="Rouge"' not in empty
    assert saved.status_code == 303
    assert 'name="text.0.fr" value="Couleur"' in written
    assert 'value="Farbe"' in written
    assert 'value="Rouge"' in written


def test_the_page_lists_what_a_language_lacks_and_leaves_out_what_needs_no_words(
    owner, page, shop, make_coloured, write
):
    make_coloured(shop, "Mug", "White", "Red")
    make_coloured(shop, "Towel", "50 × 100 cm", "XL", "36–38", "42", "Extra large", name="Size")
    write(shop, COLOURS)

    def listed(query=""):
        return re.findall(r'name="value\.\d+" value="([^"]*)"', owner.get(f"{page}{query}").text)

    assert listed() == ["", "red", "white", "", "extra-large"]
    assert listed("?missing=fr") == ["", "extra-large"]
    assert listed("?search=whi") == ["white"]
    assert listed("?search=nothing") == []


def test_the_languages_of_a_product_show_its_options_and_lead_to_their_words(owner, base, shop, mugs):
    address = f"{base}/vendor/{shop.vendor.code}/products/{mugs[1].id}/texts"

    french, german = (owner.get(f"{address}/{language}").text for language in ("fr", "de"))

    assert 'Colour → <span lang="fr">Couleur</span>' in french
    assert 'white → <span lang="fr">Blanc</span>, Green <span class="text-secondary">(missing)' in french
    assert "Couleur" not in german
    assert f'href="{base}/vendor/{shop.vendor.code}/options"' in german


def test_two_who_write_the_same_word_at_once_lose_nothing(owner, page, shop, make_coloured, write):
    make_coloured(shop, "Mug", "White", "Red")
    write(shop, {"red": "Vermeil"})
    sent = {
        "name.0": "colour", "value.0": "red", "seen.0.fr": "", "text.0.fr": "Rouge",
        "name.1": "colour", "value.1": "white", "seen.1.fr": "", "text.1.fr": "Blanc",
    }  # fmt: skip

    refused = owner.post(page, data=sent)
    again = owner.post(page, data=sent | {"seen.0.fr": "Vermeil"})

    assert refused.status_code == 422
    assert "Somebody else has changed this text" in refused.text
    assert "Vermeil" in refused.text
    assert 'value="Rouge"' in refused.text
    assert 'value="Blanc"' in refused.text
    assert again.status_code == 303
    assert "Vermeil" not in owner.get(page).text


def test_of_many_who_write_a_new_word_at_the_same_moment_one_is_first_and_the_others_are_told(shop, write):
    def is_first(number):
        try:
            write(shop, {"red": f"Rouge {number}"})
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(is_first, range(8))) == 1


def test_a_text_is_taken_away_by_emptying_it_and_one_too_long_is_refused(
    owner, page, shop, within, write, mugs
):
    field = {"name.0": "colour", "value.0": "red", "seen.0.fr": "Rouge"}

    too_long = owner.post(page, data=field | {"text.0.fr": "x" * 81})
    emptied = owner.post(page, data=field | {"text.0.fr": ""})

    assert too_long.status_code == 422
    assert "At most 80 characters." in too_long.text
    assert emptied.status_code == 303
    assert 'value="Rouge"' not in owner.get(page).text
    with pytest.raises(InvalidInput):
        write(shop, {"white": "Blanche"}, seen="Rose")
    assert write(shop, {"white": "Blanc"}, seen="Rose") == 0


def test_what_is_no_field_of_the_page_is_passed_over(owner, page, shop, mugs):
    strange = {"name.x": "colour", "name.0": "", "name.1": "c" * 81, "name.2": "colour", "text.2.fr": "Rouge"}

    assert owner.post(page, data=strange | {"seen.2.xx": "", "text.2.xx": "?"}).status_code == 303
    assert "0 texts were saved." in owner.get(page).text


def test_words_of_what_no_product_has_are_not_kept(owner, page, shop, mugs):
    sent = {
        "name.0": "colour", "value.0": "green", "seen.0.fr": "", "text.0.fr": "Vert",
        "name.1": "colour", "value.1": "ultraviolet", "seen.1.fr": "", "text.1.fr": "Ultraviolet",
    }  # fmt: skip

    assert owner.post(page, data=sent).status_code == 303
    assert "1 text was saved." in owner.get(page).text


def test_a_word_that_is_sent_twice_is_written_once(owner, page, shop, mugs):
    sent = {
        "name.0": "colour", "value.0": "green", "seen.0.fr": "", "text.0.fr": "Vert",
        "name.1": "colour", "value.1": "green", "seen.1.fr": "", "text.1.fr": "Vert clair",
    }  # fmt: skip

    assert owner.post(page, data=sent).status_code == 303
    assert owner.get(page).text.count('value="Vert clair"') == 2  # what it is now, and what the page has seen


def test_arguments_of_the_page_are_kept_whatever_they_are_called(owner, page, mugs):
    sent = owner.post(f"{page}?q=red&_method=X&endpoint=y&vendor_code=z", data={})

    assert sent.status_code == 303
    assert sent.headers["Location"].endswith("/options?q=red&_method=X&endpoint=y&vendor_code=z")


def test_the_choices_of_the_page_can_be_counted(owner, page, mugs):
    assert "No text: Français (1)" in owner.get(f"{page}?counts=1").text


def test_a_platform_with_one_language_has_no_such_page(client, make_shop, make_platform, make_user, sign_in):
    shop = make_shop(make_platform(modules=["inventory"], locales=["en"]))
    sign_in(client, make_user(owner_of=shop.vendor))
    products = client.get(f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}/products").text

    assert "Options in other languages" not in products
    assert client.get(f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}/options").status_code == 404
