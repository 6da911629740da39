"""An import goes in short steps: cancelled and gone on with, as large as it may be, and odd files of all kinds."""

import tracemalloc

import pytest
import sqlalchemy as sa

from modules.inventory.models.product import Product, Variant
from modules.inventory.models.product_index import search_words
from modules.inventory.services.import_service import CATALOGUE_FILES
from tests.modules.inventory.conftest import NOON
from wizamart import imports
from wizamart.imports import ImportNotRunning, steps
from wizamart.queue import Task, TaskStatus, run_task

HEAD = "handle,title,sku,price,stock\n"
GERMAN = (
    "ID;Typ;Artikelnummer;GTIN, UPC, EAN oder ISBN;Name;Veröffentlicht;Steuerklasse;Vorrätig?;Bestand;Angebotspreis;"
    "Regulärer Preis;Kategorien;Bilder;Übergeordnetes Produkt;Attribut 1 Name;Attribut 1 Wert(e);Meta: _thing\n"
    '1;variable;TEE;;T-Shirt;1;;1;;;;Kleidung > Shirts;;;Größe;"S, M";x\n'
    "2;variation;TEE-S;;T-Shirt - S;1;parent;1;5;;1.249,90;;;id:1;Größe;S;\n"
    "3;variation;TEE-M;4006381333931;T-Shirt - M;1;parent;1;7;9,90;19,90;;;TEE;Größe;M;\n"
)
FRENCH = (
    "ID,Type,UGS,Nom,Publié,Stock,Tarif promo,Tarif régulier,Catégories,Images,Parent,Nom de l’attribut 1,"
    "Valeur(s) de l’attribut 1 \n"
    '5,simple,BOL,Bol,1,3,,"12,50","Cuisine, Cuisine > Bols",,,,\n'
)


def upload(within, shop, content):
    with within(shop) as session:
        return imports.create_import(
            session,
            CATALOGUE_FILES,
            [content],
            file_name="file.csv",
            platform_id=shop.platform.id,
            vendor_id=shop.vendor.id,
            user_id=None,
            locale="en",
            at=NOON,
            more={"location_id": shop.location_id},
        ).id


def next_task(app, within, shop):
    with within(shop) as session:
        return session.scalar(
            sa.select(Task.id).where(Task.status == TaskStatus.QUEUED, Task.name.startswith("inventory."))
        )


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    ("content", "prices"),
    [(GERMAN, {"TEE-S": 124990, "TEE-M": 990}), (FRENCH, {"BOL": 1250})],
    ids=["German", "French"],
)
def test_woocommerces_headings_are_known_in_the_languages_of_shops(
    shop, read_file, bring_in, outcome, within, content, prices
):
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    found = outcome(shop, import_id)
    assert (found.format, found.reasons, found.status) == ("woocommerce", {}, "done")
    with within(shop) as session:
        assert dict(session.execute(sa.select(Variant.sku, Variant.price_minor)).all()) == prices


@pytest.mark.backends("sqlite")
def test_odd_cells_are_refused_by_name(shop, read_file, outcome):
    cells = {
        "=100/2": "“=100/2” is a formula and no price.",
        "1e400": "“1e400” is no price.",
        "-5": "The price is below zero.",
        "5 USD": "The price is in USD, and this platform sells in EUR.",
        "1.234": "“1.234” can mean a thousand times as much as it seems to. Write the number without separators of "
        "thousands.",
        "९": "“९” is no price.",
        "9" * 40: f"“{'9' * 40}” is no price.",
        "1 234,50": "",
        "1'234.50": "",
        "€ 12": "",
    }
    lines = "".join(f'h{n},T,S{n},"{cell}",1\n' for n, cell in enumerate(cells))
    doubled = "handle,title,sku,price,Price,stock\nh,T,S,1,2,1\n"
    repeated = HEAD + "a,A,SAME,1,1\nb,B,SAME,2,1\nc,C,1.23E+11,3,\n"

    found = outcome(shop, read_file(shop, (HEAD + lines).encode()))

    assert found.reasons == {n: reason for n, reason in enumerate(cells.values(), start=2) if reason}
    assert outcome(shop, read_file(shop, doubled.encode())).problem == "The column “price” is there twice."
    assert outcome(shop, read_file(shop, repeated.encode())).reasons == {
        3: "Line 2 has the same SKU.",
        4: "A spreadsheet has rounded the SKU to “1.23E+11”.",
    }


@pytest.mark.backends("sqlite")
def test_an_import_is_cancelled_between_two_steps_and_stays_so(app, shop, within, outcome, work_off):
    import_id = upload(within, shop, (HEAD + "a,A,A,1,1\n").encode())
    assert run_task(app, next_task(app, within, shop)) == TaskStatus.SUCCEEDED
    with within(shop) as session:
        imports.cancel(
            session,
            CATALOGUE_FILES,
            imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=shop.vendor.id),
            at=NOON,
        )
    work_off()

    assert outcome(shop, import_id).status == "cancelled"
    with within(shop) as session:
        row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=shop.vendor.id)
        with pytest.raises(ImportNotRunning):
            imports.cancel(session, CATALOGUE_FILES, row, at=NOON)
        with pytest.raises(ImportNotRunning):
            imports.resume(session, row, at=NOON)


@pytest.mark.backends("sqlite")
def test_work_that_has_stopped_goes_on_where_it_was(app, shop, within, outcome, work_off):
    import_id = upload(within, shop, (HEAD + "a,A,A,1,1\n").encode())
    with within(shop) as session:
        session.execute(sa.update(Task).values(status=TaskStatus.DEAD))
    with within(shop) as session:
        row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=shop.vendor.id)
        assert imports.has_stopped(session, row)
        imports.resume(session, row, at=NOON)
    work_off()

    assert outcome(shop, import_id).status == "ready"


@pytest.mark.backends("sqlite")
def test_memory_does_not_grow_with_the_file(shop, within, work_off, monkeypatch):
    monkeypatch.setattr(steps, "READ_LINES", 100)
    monkeypatch.setattr(steps, "BATCH_UNITS", 50)

    def peak(lines):
        content = "handle,title,description,sku,price,stock\n" + "".join(
            f"h{n},Item {n} of many,{'long ' * 400},S{lines}-{n},1.50,\n" for n in range(lines)
        )
        upload(within, shop, content.encode())
        tracemalloc.start()
        work_off()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)  # what is loaded once
    small, large = peak(200), peak(600)

    assert large < small * 1.3


def test_words_and_stock_of_imported_products_can_be_searched(shop, read_file, bring_in, within):
    bring_in(shop, read_file(shop, (HEAD + "a,Crème brûlée,CR-1,1,4\n").encode()))
    bring_in(shop, read_file(shop, (HEAD + "a,Flan,CR-1,1,6\n").encode()))

    with within(shop) as session:
        words = session.connection().execute(sa.select(search_words.c.word)).scalars()
        assert sorted(words) == ["1", "cr", "flan"]
        assert session.scalars(sa.select(Product.available)).all() == [6]
