"""Files of other systems are read as they are, each line accounted for, and twice is once."""

import csv
import io

import pytest
import sqlalchemy as sa

from modules.inventory.imports.own import COLUMNS
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Movement
from modules.inventory.services import export_service, ledger_service, limit_service, stock_service
from tests.modules.inventory.conftest import DATA
from wizamart.feature_gate import Entitlements
from wizamart.imports import steps

CATALOGUE = DATA / "catalogue"
HEAD = "handle,title,sku,price,option1_name,option1_value,stock,gtin\n"
NEW_SHOPIFY = (
    "Title,URL handle,Description,Type,Status,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,"
    "Charge tax,Inventory quantity,Continue selling when out of stock,Product image URL\n"
    "Mug,mug,<p>A mug</p>,Table,Active,MUG-S,,Size,Small,9.90,12.00,TRUE,4,DENY,https://example.com/a.png\n"
    ",mug,,,,MUG-L,4006381333931,,Large,11.90,,TRUE,-2,CONTINUE,\n"
    ",mug,,,,,,,,,,,,,https://example.com/b.png\n"
)
GOOGLE = "\n".join(
    "\t".join(cells)
    for cells in (
        (
            "id",
            "title",
            "link",
            "image link",
            "availability",
            "price",
            "sale price",
            "item group id",
            "color",
            "product type",
        ),
        (
            "A-1",
            "Lamp",
            "https://example.com/1",
            "https://example.com/1.png",
            "in stock",
            "89.00 EUR",
            "79.00 EUR",
            "LAMP",
            "Black",
            "Home > Light",
        ),
        (
            "A-2",
            "Lamp",
            "https://example.com/2",
            "https://example.com/2.png",
            "out of stock",
            "99.00 EUR",
            "",
            "LAMP",
            "Brass",
            "Home > Light",
        ),
        ("B-1", "Desk", "https://example.com/3", "", "preorder", "199.00 USD", "", "", "", "Home"),
    )
)


def rows_of(session, model):
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_spree_joins_the_currencies_of_a_variant(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, CATALOGUE / "spree_products.csv")
    found = outcome(shop, import_id)
    bring_in(shop, import_id)

    assert (found.format, found.lines, found.counts, found.reasons) == ("spree", 211, {"create": 211}, {})
    with within(shop) as session:
        assert (rows_of(session, Product), rows_of(session, Variant)) == (37, 87)
        variant = session.scalars(sa.select(Variant).where(Variant.sku == "DRIP-COFFEE-MAKER-BLACK")).one()
        with (CATALOGUE / "spree_products.csv").open(encoding="utf-8") as text:
            euro = [r for r in csv.DictReader(text) if r["sku"] == variant.sku and r["currency"] == "EUR"]
        assert variant.price_minor == round(float(euro[0]["price"]) * 100)
        assert stock_service.available_of(session, [variant.id]) == {variant.id: 5000}
        assert ledger_service.verify_ledger(session) == []


@pytest.mark.parametrize(
    ("name", "lines", "refused", "products", "variants"),
    [
        ("woocommerce_sample_products.csv", 24, 2, 13, 20),
        ("shopify_apparel.csv", 22, 0, 20, 22),
        ("shopify_home-and-garden.csv", 21, 0, 20, 21),
    ],
)
@pytest.mark.backends("sqlite")
def test_files_of_other_shops_are_read_and_the_second_run_changes_nothing(
    shop, read_file, bring_in, outcome, within, name, lines, refused, products, variants
):
    import_id = read_file(shop, CATALOGUE / name)
    bring_in(shop, import_id)
    first = outcome(shop, import_id)
    with within(shop) as session:
        before = (rows_of(session, Product), rows_of(session, Variant), rows_of(session, Movement))
    again = read_file(shop, CATALOGUE / name)
    bring_in(shop, again)
    second = outcome(shop, again)

    assert first.lines == lines
    assert sum(first.counts.values()) == lines
    assert len(first.reasons) == first.counts.get("refused", 0) == refused
    assert before[:2] == (products, variants)
    assert second.counts == {"unchanged": lines - refused, **({"refused": refused} if refused else {})}
    with within(shop) as session:
        assert (rows_of(session, Product), rows_of(session, Variant), rows_of(session, Movement)) == before


@pytest.mark.backends("sqlite")
def test_shopifys_new_headings_are_known(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, NEW_SHOPIFY.encode())
    bring_in(shop, import_id)

    assert outcome(shop, import_id).format == "shopify"
    with within(shop) as session:
        product = session.scalars(sa.select(Product).where(Product.handle == "mug")).one()
        small, large = product.variants
        assert (small.price_minor, small.compare_at_minor, large.gtin) == (990, 1200, "4006381333931")
        assert product.images == ["https://example.com/a.png", "https://example.com/b.png"]
        assert [one.options for one in product.variants] == [{"Size": "Small"}, {"Size": "Large"}]


@pytest.mark.backends("sqlite")
def test_googles_feed_is_known_and_foreign_prices_are_refused(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, GOOGLE.encode(), "feed.tsv")
    bring_in(shop, import_id)
    found = outcome(shop, import_id)

    assert (found.format, found.delimiter) == ("google-merchant", "\t")
    assert found.reasons == {4: "The price is in USD, and this platform sells in EUR."}
    with within(shop) as session:
        product = session.scalars(sa.select(Product).where(Product.handle == "LAMP")).one()
        assert [one.price_minor for one in product.variants] == [7900, 9900]
        assert product.categories[0].full_name == "Home > Light"


@pytest.mark.backends("sqlite")
def test_each_bad_line_is_refused_with_its_number_and_reason(shop, read_file, bring_in, outcome, within):
    content = HEAD + (
        'pan,"Pan\nwith two lines",PAN-20,34.90,Size,20 cm,5,\n'
        "pan,,PAN-24,free,Size,24 cm,5,\n"
        "pan,,PAN-20,35,Size,28 cm,1,\n"
        "pot,Pot,POT,12.345,,,1,\n"
        "jar,Jar,JAR,4.50,,,-3,\n"
        "mug,Mug,MUG,4.50,,,3,4006381333932\n"
        "cup,Cup,CUP,4.50,,,3,4.00638E+12\n"
        "lid,Lid,LID,4.50\n"
        ",,,,,,,\n"
        ",,,1,,,,\n"
        'fine,Fine,FINE,"1.234,50 €",,,3,\n'
    )
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    assert outcome(shop, import_id).reasons == {
        4: "“free” is no price.",
        5: "Line 2 has the same SKU.",
        6: "“12.345” can mean a thousand times as much as it seems to. Write the number without separators of "
        "thousands.",
        7: "The stock is below zero.",
        8: "The check digit of this GTIN is wrong.",
        9: "A spreadsheet has rounded the GTIN to “4.00638E+12”.",
        10: "The line has 4 cells, the heading has 8.",
        12: "The line names no product.",
    }
    with within(shop) as session:
        assert sorted(session.scalars(sa.select(Variant.sku))) == ["FINE", "PAN-20"]
        assert session.scalars(sa.select(Variant.price_minor).where(Variant.sku == "FINE")).one() == 123450


@pytest.mark.backends("sqlite")
def test_all_or_nothing_is_nothing_when_a_line_is_bad(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, (HEAD + "pan,Pan,PAN,34.90,,,5,\npot,Pot,POT,free,,,5,\n").encode())
    bring_in(shop, import_id, all_or_nothing=True)

    assert outcome(shop, import_id).status == "nothing_imported"
    with within(shop) as session:
        assert rows_of(session, Product) == 0


def test_all_or_nothing_is_all_when_every_line_is_good(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, (HEAD + "pan,Pan,PAN,34.90,,,5,\npot,Pot,POT,3,,,5,\n").encode())
    bring_in(shop, import_id, all_or_nothing=True)

    assert outcome(shop, import_id).status == "done"
    with within(shop) as session:
        assert rows_of(session, Product) == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"  \n", "The file is empty."),
        (b"PK\x03\x04rest", "This is an Excel workbook. Save it as CSV and upload that."),
        (b"\x89PNG\r\n\x00\x00", "This is no text file."),
        (HEAD.encode(), "The file has headings, but no lines below them."),
        (
            b"Handle,Title,Vendor,Variant SKU\na,b,c,d\n",
            "This looks like a file of Shopify, but these columns are missing: variant price.",
        ),
        (
            (HEAD + 'pan,Pan,PAN,1,,,,\npot,"never closed,POT,1,,,,\n').encode(),
            (
                "The quotation mark that opens a cell in line 3 is never closed, so that the file cannot be read from "
                "there on."
            ),
        ),
    ],
)
@pytest.mark.backends("sqlite")
def test_a_file_that_cannot_be_read_says_why(shop, read_file, outcome, content, problem):
    found = outcome(shop, read_file(shop, content))

    assert (found.status, found.problem) == ("refused", problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.backends("sqlite")
def test_encoding_and_separator_are_found(shop, read_file, bring_in, outcome, within, encoding):
    text = HEAD.replace(",", ";") + "creme;Crème brûlée – 5 €;CRE;4,50;;;1;\n"
    import_id = read_file(shop, text.encode(encoding))
    bring_in(shop, import_id)

    assert outcome(shop, import_id).delimiter == ";"
    with within(shop) as session:
        product = session.scalars(sa.select(Product)).one()
        assert (product.title, product.price_minor, product.slug) == ("Crème brûlée – 5 €", 450, "creme")


@pytest.mark.backends("sqlite")
def test_a_variation_may_name_its_parent_by_number(shop, read_file, bring_in, outcome, within):
    content = (
        "ID,Type,SKU,Name,Published,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"
        "12,variation,TEE-S,Tee - S,1,10,id:11,Size,S\n"
        '11,variable,TEE,Tee,1,,,Size,"S, M"\n'
        "13,variation,,Tee - M,1,10,TEE,Size,M\n"
    )
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    assert outcome(shop, import_id).reasons == {}
    with within(shop) as session:
        product = session.scalars(sa.select(Product)).one()
        assert {one.sku: one.options for one in product.variants} == {
            "TEE-S": {"Size": "S"},
            "id-13": {"Size": "M"},
        }


def test_the_own_export_is_read_back_without_a_change(shop, make_product, read_file, outcome, within):
    make_product(
        shop, '=Kettle, "big"', stock=7, skus=("KET-1", "KET-2"), images=["https://example.com/k.png"]
    )
    text = io.StringIO()
    with within(shop) as session:
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        for row in export_service.list_export_rows(session, vendor_id=shop.vendor.id):
            writer.writerow({**row, "title": f"'{row['title']}"})

    assert outcome(shop, read_file(shop, text.getvalue().encode())).verdicts == ["unchanged", "unchanged"]


@pytest.mark.backends("sqlite")
def test_a_changed_price_changes_only_its_line(shop, make_product, read_file, bring_in, outcome, within):
    make_product(shop, skus=("KET-1", "KET-2"), stock=3)
    content = HEAD + "kettle,Kettle,KET-1,39.50,Colour,KET-1,3,\nkettle,,KET-2,44.00,Colour,KET-2,3,\n"
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    assert outcome(shop, import_id).verdicts == ["unchanged", "update"]
    with within(shop) as session:
        assert sorted(session.scalars(sa.select(Variant.price_minor))) == [3950, 4400]


def test_a_preview_counts_how_many_products_a_subscription_has_left(
    shop, make_product, read_file, bring_in, outcome, monkeypatch
):
    bound = Entitlements(tier="Essential", limits={"products": 3}, raised_by={})
    monkeypatch.setattr(limit_service, "_entitlements_of", lambda *_args, **_tenant: bound)
    monkeypatch.setattr(steps, "BATCH_UNITS", 2)
    make_product(shop, skus=("KET-1", "KET-2"))
    lines = "kettle,Kettle,KET-3,1,Colour,Blue,1,\na,A,A,1,,,1,\nb,B,B,1,,,1,\nc,C,C,1,,,1,\nd,D,D,1,,,1,\n"
    import_id = read_file(shop, (HEAD + lines).encode())
    preview = outcome(shop, import_id)
    bring_in(shop, import_id)

    full = "Your subscription includes 3 products. Archive some, or choose a tier with more."
    assert preview.reasons == {5: full, 6: full}
    assert preview.counts == {"create": 3, "refused": 2}
    assert outcome(shop, import_id).counts == preview.counts


def test_a_file_takes_no_more_products_out_of_the_archive_than_a_subscription_has_places(
    shop, make_product, read_file, bring_in, outcome, monkeypatch
):
    bound = Entitlements(tier="Essential", limits={"products": 1}, raised_by={})
    monkeypatch.setattr(limit_service, "_entitlements_of", lambda *_args, **_tenant: bound)
    for name in ("A", "B"):
        make_product(shop, name, skus=(name,), status="archived")
    file = "handle,title,sku,price,stock,status\na,A,A,1,,active\nb,B,B,1,,active\nc,C,C,1,,archived\n"
    import_id = read_file(shop, file.encode())
    preview = outcome(shop, import_id)
    bring_in(shop, import_id)

    assert preview.counts == {"create": 1, "update": 1, "refused": 1}
    assert outcome(shop, import_id).counts == preview.counts


@pytest.mark.backends("sqlite")
def test_a_tax_class_that_nobody_has_a_rate_for_is_not_taken_over(
    shop, make_product, read_file, bring_in, outcome, within
):
    make_product(shop, tax_class="reduced")
    head = "Type,SKU,Name,Published,Tax status,Tax class,Regular price\n"
    content = f"{head}simple,KET-1,Kettle,1,taxable,taux-reduit,39.50\nsimple,N,New,1,taxable,taux-reduit,1\n"
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    found = outcome(shop, import_id)
    assert found.verdicts == ["unchanged", "create"]
    assert found.notes == dict.fromkeys(
        (2, 3),
        "There is no tax class “taux_reduit” here. A new product gets the standard one, others keep theirs.",
    )
    with within(shop) as session:
        classes = {one.title: one.tax_class for one in session.scalars(sa.select(Product))}
    assert classes == {"Kettle": "reduced", "New": "standard"}


@pytest.mark.backends("sqlite")
def test_another_vendors_skus_are_another_vendors_products(
    shop, make_shop, make_product, read_file, bring_in, within
):
    mine = make_product(shop)
    stranger = make_shop(shop.platform)
    bring_in(stranger, read_file(stranger, (HEAD + "kettle,Kettle,KET-1,1,,,1,\n").encode()))

    with within(shop, as_admin=True) as session:
        slugs = sorted(session.scalars(sa.select(Product.slug)))
        prices = dict(session.execute(sa.select(Variant.vendor_id, Variant.price_minor)).all())
    assert slugs == ["kettle", "kettle-2"]
    assert prices == {shop.vendor.id: 3950, stranger.vendor.id: 100}
    assert mine.slug == "kettle"


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("address", ["https://[example.com/a.png", "https://ex\u2100mple.com/a.png"])
def test_an_address_that_cannot_be_one_is_refused_for_a_product_that_is_there(
    shop, read_file, bring_in, outcome, address
):
    file = f"{HEAD.strip()},images\nmug,Mug,MUG,5.00,,,1,,{address}\n".encode()
    bring_in(shop, read_file(shop, file.replace(address.encode(), b"/media/mug.png")))

    found = outcome(shop, read_file(shop, file))
    assert (found.status, found.verdicts) == ("ready", ["refused"])
    assert "This cannot be the address of a picture." in found.reasons[2]
