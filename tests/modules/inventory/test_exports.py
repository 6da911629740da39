"""What is exported is read back: by ourselves without a change, and by formats of others as the same goods."""

import csv
import io

import pytest
import sqlalchemy as sa

from modules.inventory.imports.own import parse_paths, write_paths
from modules.inventory.models.product import Product
from modules.inventory.services import export_service
from modules.inventory.services.export_formats import FORMATS
from wizamart.csv_text import guarded

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def goods(shop, make_product, within):
    make_product(
        shop,
        '=Kettle, "big"',
        stock=7,
        skus=("KET-1", "KET-2"),
        images=["https://example.com/k.png", "https://example.com/l.png"],
        description="  <p>Two\nlines</p> \n",
        seo_title="'=Kettles",
        tax_class="reduced",
    )
    make_product(shop, "'s Mug", skus=("MUG",), price=990, status="draft")
    with within(shop) as session:
        product = session.scalars(sa.select(Product).where(Product.title == "'s Mug")).one()
        product.variants[0].compare_at_minor = 1290
        product.variants[0].gtin = "4006381333931"


def file_of(within, shop, code):
    known, text = FORMATS[code], io.StringIO()
    with within(shop) as session:
        rows = export_service.list_export_rows(
            session,
            vendor_id=shop.vendor.id,
            code=code,
            address_of=lambda product: f"https://x/{product.slug}",
        )
        writer = csv.DictWriter(text, known.columns, delimiter=known.delimiter)
        writer.writeheader()
        writer.writerows({name: guarded(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def test_our_own_file_changes_nothing_when_it_is_read_back(shop, goods, within, read_file, outcome):
    found = outcome(shop, read_file(shop, file_of(within, shop, "own").encode("utf-8-sig")))

    assert (found.format, found.verdicts) == ("own", ["unchanged"] * 3)


@pytest.mark.parametrize("code", ["woocommerce", "shopify", "google"])
def test_files_for_others_name_the_same_goods(
    shop, make_shop, goods, within, read_file, bring_in, outcome, code
):
    other = make_shop(shop.platform)
    import_id = read_file(other, file_of(within, shop, code).encode())
    bring_in(other, import_id)

    found = outcome(other, import_id)
    assert (found.status, found.reasons) == ("done", {})
    told = {}
    for one in (shop, other):
        with within(one) as session:
            told[one.vendor.id] = {
                variant.sku: (variant.price_minor, variant.gtin, product.available)
                for product in session.scalars(sa.select(Product))
                for variant in product.variants
            }
    if code == "google":
        del told[shop.vendor.id]["MUG"]  # a draft is not fed to Google
    assert told[other.vendor.id] == told[shop.vendor.id]


def test_the_files_are_downloads_and_guard_what_a_spreadsheet_would_run(
    shop, goods, client, make_user, sign_in
):
    sign_in(client, make_user(owner_of=shop.vendor))
    portal = f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}"

    answers = {code: client.get(f"{portal}/exports/{code}") for code in FORMATS}

    texts = {code: answer.text for code, answer in answers.items()}
    for answer in answers.values():
        answer.close()

    assert {answer.status_code for answer in answers.values()} == {200}
    assert "'=Kettle" in texts["own"]
    assert answers["google"].mimetype == "text/tab-separated-values"
    assert client.get(f"{portal}/exports/else").status_code == 404


@pytest.mark.parametrize("paths", [[["A > B", "C;D"], ["E\\", "F"]], [["Plain"]], []])
def test_names_of_categories_may_hold_the_signs_that_join_them(paths):
    assert parse_paths(write_paths(paths)) == paths
