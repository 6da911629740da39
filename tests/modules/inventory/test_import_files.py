"""Files of other systems, real ones and some made after the rules of their formats: read, or refused for a reason."""

from collections.abc import Iterator

import pytest

from modules.inventory.imports import formats, tax_rates
from modules.inventory.services import count_file_service, tax_file_service
from modules.inventory.services.import_service import CATALOGUE_FILES
from tests.modules.inventory.conftest import NOON
from tests.modules.inventory.reading import read
from tests.reference_files import FILES, count_records, name_of
from wizamart import csv_reader
from wizamart.csv_reader import FileRefused
from wizamart.exceptions import InvalidInput

# Format, lines, and how many of them are refused; what is not named here is no catalogue, or is new.
KNOWN = {
    "catalogue/spree_products.csv": ("spree", 211, 0),
    "catalogue/woocommerce_sample_products.csv": ("woocommerce", 24, 2),
    "catalogue/shopify_apparel.csv": ("shopify-old", 22, 0),
    "catalogue/openfoodfacts_1000_gtin_name_image.csv": ("gtin-list", 978, 1),
    # Their products are not there.
    "catalogue/spree_product_translations_de_fr.csv": ("spree-texts", 74, 74),
    "catalogue/shopify_home-and-garden.csv": ("shopify-old", 21, 0),
}
# What admins of the platform read in: lines, and the countries in them.
TAX_RATES = {"catalogue/woocommerce_sample_tax_rates.csv": (5, ["GB", "US"])}


@pytest.mark.parametrize("file", FILES, ids=name_of)
@pytest.mark.backends("sqlite")
def test_every_file_is_read_line_by_line_or_refused_with_the_reason(shop, read_file, bring_in, outcome, file):
    import_id = read_file(shop, file)
    found = outcome(shop, import_id)

    if found.status == "refused":
        assert name_of(file) not in KNOWN
        assert found.problem
        assert (found.lines, found.verdicts) == (0, [])
        assert ("VAT rates" in found.problem) == (name_of(file) in TAX_RATES)
        return
    assert found.lines == count_records(file, found.encoding, found.delimiter)
    assert KNOWN.get(name_of(file), (found.format, found.lines, len(found.reasons))) == (
        found.format,
        found.lines,
        len(found.reasons),
    )
    bring_in(shop, import_id)
    for known in (found, outcome(shop, import_id)):
        assert len(known.verdicts) == sum(known.counts.values()) == found.lines
        assert all(known.reasons.values())
        assert "" not in known.verdicts


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_tax_rates_are_read_line_by_line_and_no_other_file_is_taken_for_them(file):
    if name_of(file) not in TAX_RATES:
        with pytest.raises(InvalidInput) as refused:
            tax_file_service.read_file(file.read_bytes())
        assert all(refused.value.errors["file"])
        return

    found = tax_file_service.read_file(file.read_bytes())

    assert (len(found.rows), found.countries) == TAX_RATES[name_of(file)]
    assert len(found.rows) == count_records(file, "utf-8", ",")
    for country in found.countries:
        judged = tax_rates.judge(found.rows, [], country=country, valid_from=NOON.date())
        assert [one.row for one in judged] == found.rows
        assert all(one.reason for one in judged if one.verdict is tax_rates.Verdict.LEFT_OUT)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_file_of_others_is_taken_for_a_count(file):
    with pytest.raises(InvalidInput) as refused:
        list(count_file_service._lines(file.read_bytes(), count_file_service.Outcome(), at=NOON))

    assert all(refused.value.errors["file"])


WOOCOMMERCE = {
    "before GTINs": (
        "ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,Short description,"
        "Description,Date sale price starts,Date sale price ends,Tax status,Tax class,In stock?,"
        "Stock,Backorders allowed?,Sale price,Regular price,Categories,Images,Parent,"
        "Attribute 1 name,Attribute 1 value(s)"
    ),
    "with brands": (
        'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,Is featured?,Visibility in catalog,'
        "Short description,Description,Date sale price starts,Date sale price ends,Tax status,"
        "Tax class,In stock?,Stock,Low stock amount,Backorders allowed?,Sale price,Regular price,"
        "Categories,Tags,Images,Parent,Position,Brands,Cost of goods,Attribute 1 name,"
        "Attribute 1 value(s)"
    ),
    "German": (
        'ID,Typ,Artikelnummer,"GTIN, UPC, EAN oder ISBN",Name,Veröffentlicht,'
        "Sichtbarkeit im Katalog,Beschreibung,Steuerklasse,Vorrätig?,Bestand,Geringe Lagermenge,"
        "Lieferrückstände erlaubt?,Angebotspreis,Regulärer Preis,Kategorien,Bilder,"
        "Übergeordnetes Produkt,Attribut 1 Name,Attribut 1 Wert(e)"
    ),
    "French": (
        'ID,Type,UGS,"GTIN, UPC, EAN ou ISBN",Nom,Publié,Visibilité dans le catalogue,'
        "Description,Classe de TVA,En stock\u00a0?,Stock,Montant de stock faible,"
        "Autoriser les commandes de produits en rupture\u00a0?,Tarif promo,Tarif régulier,Catégories,"
        "Images,Parent,Nom de l’attribut 1,Valeur(s) de l’attribut 1"
    ),
    "Dutch": (
        'ID,Type,SKU,"GTIN, UPC, EAN of ISBN",Naam,Gepubliceerd,Zichtbaarheid in catalogus,'
        "Beschrijving,Startdatum actieprijs,Einddatum actieprijs,Belastingklasse,Op voorraad?,"
        "Voorraad,Lage voorraad,Nabestellingen toestaan?,Actieprijs,Reguliere prijs,Categorieën,"
        "Afbeeldingen,Hoofd,Naam attribuut 1,Waarde(n) attribuut 1"
    ),
    "Spanish": (
        'ID,Tipo,SKU,"GTIN, UPC, EAN o ISBN",Nombre,Publicado,Visibilidad en el catálogo,'
        "Descripción,Día en que empieza el precio rebajado,Día en que termina el precio rebajado,"
        "Clase de impuesto,¿Existencias?,Inventario,Cantidad de bajo inventario,"
        "¿Permitir reservas de productos agotados?,Precio rebajado,Precio normal,Categorías,"
        "Imágenes,Superior,Nombre del atributo 1,Valor(es) del atributo 1"
    ),
    "Italian": (
        'ID,Tipo,COD,"GTIN, UPC, EAN, o ISBN",Nome,Pubblicato,Visibilità nel catalogo,'
        "Descrizione,Data di inizio del prezzo in offerta,Data di fine del prezzo in offerta,"
        "Aliquota di imposta,In stock?,Magazzino,Abilita gli ordini arretrati?,Prezzo in offerta,"
        "Prezzo di listino,Categorie,Immagini,Genitore,Nome dell'attributo 1,"
        "Valore dell'attributo 1"
    ),
}
CELLS = {
    "id": "7",
    "type": "variation",
    "sku": "TEE-S",
    "gtin, upc, ean, or isbn": "4006381333931",
    "name": "Tee - S",
    "published": "1",
    "date sale price starts": "2026-12-01",
    "stock": "5",
    "sale price": "9,50",
    "regular price": "19,50",
    "parent": "TEE",
    "attribute 1 name": "Size",
    "attribute 1 value(s)": "S",
}


@pytest.mark.parametrize("head", WOOCOMMERCE.values(), ids=list(WOOCOMMERCE))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_woocommerces_export_is_read_whatever_the_version_and_language(head, encoding):
    chunks = lambda: [head.encode()]  # noqa: E731 - a file in one piece
    headings = csv_reader.sniff(chunks, "utf-8", CATALOGUE_FILES.known_headings())[1]
    cells = [CELLS.get(heading, "") for heading in formats.detect(headings)[1]]
    content = "\r\n".join([head, ",".join(f'"{cell}"' for cell in cells), ""])

    (line,) = read(content.encode(encoding)).lines

    is_dated = "2026-12-01" in cells
    assert (line.group_key, line.sku, line.stock, line.options) == ("TEE", "TEE-S", 5, [("Size", "S")])
    assert (line.price, line.compare_at) == ((1950, None) if is_dated else (950, 1950))
    assert line.gtin == ("4006381333931" if "4006381333931" in cells else None)


LONG = "x" * 400
SHOPIFY_OLD = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Taxable,Variant Barcode,Image Src,SEO Title,SEO Description,"
    "Price / International,Status\n"
    "mug,Mug,<p>x</p>,V,Home > Kitchen,Mugs,t,true,Title,Default Title,'0012,5,continue,9.90,"
    "true,'4006381333931,https://e.com/a.png,A mug,"
    f"{LONG},"
    "11.90,active\n"
    "mug,,,,,,,,,,,,,,,,https://e.com/b.png,,,,\n"
)
SHOPIFY_NEW = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,"
    "Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,"
    "Option1 Linked To,Price,Compare-at price,Cost per item,Charge tax,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Product image URL,SEO title,"
    "SEO description\n"
    "Mug,mug,<p>x</p>,V,Home > Kitchen,Mugs,t,TRUE,Active,0012,4006381333931,Title,"
    "Default Title,,9.90,,,TRUE,shopify,5,CONTINUE,https://e.com/a.png,A mug,"
    f"{LONG}\n"
)


@pytest.mark.parametrize("content", [SHOPIFY_OLD, SHOPIFY_NEW], ids=["old", "new"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_shopifys_export_is_read_with_its_texts_for_search_engines(content, delimiter):
    line = read(content.replace(",", delimiter).encode("utf-8-sig")).lines[0]

    assert (line.group_key, line.sku, line.price, line.stock) == ("mug", "0012", 990, 5)
    assert (line.status, line.gtin, line.allows_backorder) == ("active", "4006381333931", True)
    assert (line.seo_title, len(line.seo_description)) == ("A mug", 320)


@pytest.mark.parametrize(
    ("period", "price"),
    [
        ("", 1000),
        ("2026-11-01T00:00+0100/2026-12-31T23:59+0100", 1000),
        ("2026-01-01T00:00+0100 / 2026-01-31T23:59+0100", 1500),
        ("2027-01-01/2027-01-31", 1500),
    ],
)
def test_googles_sale_price_holds_in_its_period_only(period, price):
    head = "g:id\tg:title\tg:link\tg:price\tg:sale price\tg:sale_price_effective_date\n"
    found = read(f"{head}A\tLamp\thttps://e.com\t15.00 EUR\t10.00 EUR\t{period}\n".encode())

    assert (found.format, found.lines[0].price) == ("google-merchant", price)


def test_a_period_that_is_none_refuses_the_line():
    head = "id\ttitle\tlink\tprice\tsale_price\tsale_price_effective_date\n"
    (line,) = read(f"{head}A\tLamp\thttps://e.com\t15 EUR\t10 EUR\tnext week\n".encode()).lines

    assert line == "“next week” does not say from when until when the sale price holds."


HEAD = "handle,title,sku,price,stock"
LINE = 'a,"A, b\nc",S,1.50,1'


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{LINE}\n".encode("utf-8-sig"),
        f"{HEAD}\n{LINE}".encode("utf-16-be"),
        f"{HEAD}\n{LINE}\n".encode("utf-16"),
        f"{HEAD}\n{LINE}\n".replace("\n", "\r\n").encode(),
        f"{HEAD}\r{LINE}\r".encode(),
        f"sep=;\r\n{HEAD}\r\n".replace(",", ";").encode() + b'a;"A, b\nc";S;1,50;1\r\n',
        f"\n\n{HEAD},,,\n\n{LINE},,,\n,,,,,,,\n".encode(),
        f'"HANDLE"|"Title"|"SKU"|"Price"|"Stock"\n{LINE}\n'.replace(",", "|")
        .replace("A| b", "A, b")
        .encode(),
        (f"{HEAD},{','.join(f'c{n}' for n in range(195))}\n{LINE},{','.join('x' * 195)}\n").encode(),
        (f"{HEAD},{','.join(f'c{n}' for n in range(4995))}\n{LINE},{','.join('x' * 4995)}\n").encode(),
    ],
    ids=[
        "BOM",
        "UTF-16 BE",
        "UTF-16",
        "CRLF",
        "CR",
        "sep=",
        "blanks",
        "pipes",
        "200 columns",
        "5000 columns",
    ],
)
def test_the_same_table_is_read_however_it_is_written(content):
    (line,) = read(content).lines

    title = line.title.replace("\r\n", "\n").replace("\r", "\n")
    assert (line.group_key, title, line.sku, line.price, line.stock) == ("a", "A, b\nc", "S", 150, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "The file is empty."),
        (f"{HEAD}\n".encode() + b"\x00" * 1000, "This is no text file."),
        (b'<?xml version="1.0"?><rss><g:id>1</g:id></rss>', "This is XML, a web page or JSON"),
        (b"<table><tr><td>a</td></tr></table>", "This is XML, a web page or JSON"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table>", "This is XML, a web page or JSON"),
        (b'[\n {"handle": "a"}]', "This is XML, a web page or JSON"),
        (b"\x1f\x8b\x08zip", "This is no text file."),
        (b"handle,title,sku,price,price,stock\na,A,S,1,1,1\n", "The column “price” is there twice."),
    ],
)
def test_what_is_no_table_is_refused_for_what_it_is(content, reason):
    with pytest.raises(FileRefused) as refused:
        read(content)

    assert str(refused.value).startswith(reason)


def test_a_null_character_refuses_its_line_alone():
    found = read(f"{HEAD}\na,A\x00,S,1,1\nb,B,T,1,1\n".encode())

    assert found.lines[0] == "The line holds a null character, which no text has."
    assert found.lines[1].sku == "T"


@pytest.mark.parametrize("start", [b"", f'{HEAD}\na,"'.encode()], ids=["bare", "in quotes"])
def test_a_line_of_a_gigabyte_is_refused_before_it_fills_the_memory(start):
    taken = []

    def chunks() -> Iterator[bytes]:
        yield start
        for number in range(1024):
            taken.append(number)
            yield b"x" * 2**20

    csv_reader.detect_encoding(chunks)
    taken.clear()
    with pytest.raises(FileRefused, match="is too long for a table"):
        list(csv_reader.read_records(chunks, "utf-8", ",", HEAD.split(",")))

    assert len(taken) < 10
