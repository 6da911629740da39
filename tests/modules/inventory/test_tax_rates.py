"""Tax rates out of WooCommerce's files, as they are written and as they come back from spreadsheets."""

import datetime as dt
from decimal import Decimal

import pytest

from modules.inventory.config import InventoryConfig, TaxRate
from modules.inventory.imports import tax_rates
from modules.inventory.imports.tax_rates import Verdict
from modules.inventory.imports.woocommerce_taxes import tax_class_of
from modules.inventory.services import tax_file_service
from tests.modules.inventory.conftest import DATA
from tests.modules.inventory.reading import read
from wizamart.csv_reader import FileRefused
from wizamart.exceptions import InvalidInput

TODAY = dt.date(2026, 12, 1)
SAMPLE = DATA / "catalogue" / "woocommerce_sample_tax_rates.csv"
HEAD = "Country code,State code,Postcode / ZIP,City,Rate %,Tax name,Priority,Compound,Shipping,Tax class"
LUXEMBOURG = InventoryConfig().tax_rates


def judge(content, country="LU", rates=LUXEMBOURG, valid_from=TODAY):
    content = content.encode() if isinstance(content, str) else content
    rows = tax_file_service.read_file(content).rows
    return tax_rates.judge(rows, rates, country=country, valid_from=valid_from)


def taken(judged):
    return {one.tax_class: str(one.percent) for one in judged if one.verdict is not Verdict.LEFT_OUT}


def judge_lines(*lines, country="LU"):
    return judge("\n".join([HEAD, *lines]) + "\n", country)


def test_each_line_of_woocommerces_sample_has_its_outcome():
    british = judge(SAMPLE.read_bytes(), "GB")
    american = judge(SAMPLE.read_bytes(), "US")

    assert [(one.row.number, one.verdict, one.tax_class, one.percent, one.before) for one in british[:3]] == [
        (2, Verdict.CHANGED, "standard", 20, 17),
        (3, Verdict.CHANGED, "reduced", 5, 8),
        (4, Verdict.SAME, "exempt", 0, None),
    ]
    assert [one.reason for one in british] == ["", "", "", *["A rate of another country."] * 2]
    assert taken(american) == {"standard": "10.00"}
    assert [one.reason for one in american] == [
        *["A rate of another country."] * 3,
        "",
        "For a part of the country only (AL, 12345; 123456); here a rate holds in all of it.",
    ]


@pytest.mark.parametrize(
    ("content", "country"),
    [
        (
            f"\ufeff{HEAD}\r\nLU,,,,17.0000,VAT,1,0,1,\r\nLU,,,,8.0000,VAT,1,0,1,Reduced rate\r\n".encode(),
            "LU",
        ),
        (
            "Ländercode;Bundesstaaten-Code;PLZ (Postleitzahl);Stadt;Satz %;Steuername;Priorität;Zusammengesetzt;"
            "Versand;Steuerklasse\r\nLU;*;*;*;17,0000;MwSt.;1;0;1;\r\nLU;*;*;*;8;MwSt.;1;0;1;"
            "Ermäßigter Steuersatz\r\n".encode("cp1252"),
            "LU",
        ),
        (
            "Code Pays,Code État,Code Postal,Ville,Taux %,Nom TVA,Priorité,Cumulable,Livraison,Classe de TVA\n"
            'lu,,,,"17,0",TVA,1,1,1,standard\n*,*,*,*,8 %,TVA,1,1,1,reduced-rate\n'.encode("utf-16"),
            "LU",
        ),
        # Headings of a language that nobody has told us about: WooCommerce itself goes by the places.
        (
            "Código de país,Código de estado,Código postal,Ciudad,Tasa %,Nombre,Prioridad,Compuesto,Envío,Clase\n"
            ",,,,17.0000,IVA,1,0,1,\n,,,,8.0000,IVA,1,0,1,reduced-rate\n".encode(),
            "",
        ),
        # Columns in another order, and none for what holds everywhere.
        (b"Tax class,Rate %,Country code\nreduced-rate,8.0000,LU\n,17.0000,LU\n", "LU"),
    ],
    ids=["BOM and CRLF", "German, semicolons", "French, UTF-16", "Spanish, by places", "few columns"],
)
def test_files_are_read_in_any_language_encoding_and_spelling_of_numbers(content, country):
    judged = judge(content, country)

    assert taken(judged) == {"standard": "17.00", "reduced": "8.00"}
    assert {one.verdict for one in judged} == {Verdict.SAME}


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        ("", "The line has no rate."),
        ("seventeen", "“seventeen” is no rate."),
        ("1,234.5", "“1,234.5” is no rate."),
        ("-3.0000", "The rate is below zero."),
        ("100.0100", "The rate is above 100 percent."),
        ("8.8750", "“8.8750” has more than two decimals."),
    ],
)
def test_a_rate_that_cannot_be_kept_is_left_out_and_no_other_stands_in_for_it(rate, reason):
    judged = judge_lines(f'LU,,,,"{rate}",VAT,1,0,1,', "LU,,,,2.0000,More,2,1,1,", "*,,,,20.0000,All,1,0,1,")

    assert [one.verdict for one in judged] == [Verdict.LEFT_OUT] * 3
    assert judged[0].reason == reason


@pytest.mark.parametrize(
    ("rate", "percent"),
    [("17.5000", "17.50"), ("0.0000", "0.00"), ("-0.0000", "0.00"), ("100", "100.00"), ("5,5 %", "5.50")],
)
def test_decimals_that_say_nothing_are_no_obstacle(rate, percent):
    assert str(tax_rates.read_percent(rate)) == percent


def test_of_several_rates_of_a_class_the_one_that_woocommerce_takes_is_taken():
    judged = judge_lines(
        "*,*,*,*,20.0000,All,1,0,1,",
        "LU,,,,3.0000,Second,2,0,1,",
        "LU,,,,17.0000,VAT,1,0,1,",
        "LU,,,,16.0000,VAT,1,0,1,standard",
        "LU,,,,16.0000,VAT,1,0,1,",
        "LU,,,,2.0000,Compound,3,1,1,",
        "LU,,,,6.0000,Reduced,4,1,1,reduced-rate",
        "LU,,,,7.0000,Reduced,5,1,1,Reduced",
    )

    assert taken(judged) == {"standard": "17.00", "reduced": "6.00"}
    assert [one.reason for one in judged] == [
        "Line 4 has a rate of this class already.",
        "A second tax beside line 4; here a product has one rate.",
        "Line 3 adds a second tax, which is left out.",
        "Line 4 has a rate of this class already.",
        "Line 4 has a rate of this class already.",
        "A tax on the tax of line 4; here a product has one rate.",
        "",
        "Line 8 has a rate of this class already.",
    ]


def test_what_holds_in_a_part_of_the_country_or_has_no_shape_is_left_out_with_the_reason():
    judged = judge_lines(
        "LU,L,,,1.0000,a,1,0,1,",
        "LU,,1000...1999; 2*,,1.0000,a,1,0,1,",
        "LU,,,ESCH; WILTZ,1.0000,a,1,0,1,",
        "Luxembourg,,,,1.0000,a,1,0,1,",
        "LU,,,,1.0000,a,first,0,1,",
        # WooCommerce puts no quotation marks around what has commas in it.
        "LU,,,,1.0000,VAT, food,1,0,1,",
        "LU,,,,1.0000,VAT, food,1,0,1,food",
    )

    assert taken(judged) == {}
    assert [one.reason for one in judged] == [
        "For a part of the country only (L); here a rate holds in all of it.",
        "For a part of the country only (1000...1999; 2*); here a rate holds in all of it.",
        "For a part of the country only (ESCH; WILTZ); here a rate holds in all of it.",
        "“LUXEMBOURG” is no country.",
        "“first” is no priority.",
        "“food” is no priority.",
        "The line has 11 cells, the heading has 10.",
    ]


def test_classes_of_a_shops_own_are_kept_where_their_names_can_be():
    judged = judge_lines(
        "LU,,,,14.0000,VAT,1,0,1,Wine & Heizöl",
        "LU,,,,3.0000,VAT,1,0,1,super-reduced",
        "LU,,,,7.0000,VAT,1,0,1,7 % MwSt",
        "LU,,,,6.0000,VAT,1,0,1,Μειωμένος",
        f"LU,,,,6.0000,VAT,1,0,1,{'a' * 33}",
        "LU,,,,6.0000,VAT,1,0,1,zero-rate",
    )

    assert taken(judged) == {"wine_heizoel": "14.00", "super_reduced": "3.00"}
    assert [one.verdict for one in judged[:2]] == [Verdict.NEW, Verdict.SAME]
    assert [one.reason[:35] for one in judged[2:]] == [
        "The class “7 % MwSt” cannot be kept",
        "The class “Μειωμένος” cannot be kep",
        "The class “aaaaaaaaaaaaaaaaaaaaaaaa",
        "Products of this class are exempt f",
    ]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("", ""),
        ("Reduced rate", "reduced-rate"),
        ("Zero rate", "zero-rate"),
        ("Ermäßigter Steuersatz", "ermaessigter-steuersatz"),
        ("Steuerfrei", "steuerfrei"),
        ("Taux réduit", "taux-reduit"),
        ("Wine & Heizöl", "wine-heizoel"),
        ("7 % MwSt", "7-mwst"),
    ],
)
def test_products_and_rates_of_a_shop_meet_in_one_class(name, slug):
    head = "Type,SKU,Name,Published,Tax status,Tax class,Regular price\n"
    product = read(f"{head}simple,A,A,1,taxable,{slug},1\n".encode()).lines[0]

    assert product.tax_class == tax_class_of(name) == tax_class_of(slug)


def test_rates_of_other_classes_and_other_days_stay_as_they_are():
    rates = [
        TaxRate(tax_class="standard", percent=Decimal(16), valid_from=dt.date(2023, 1, 1)),
        TaxRate(tax_class="standard", percent=Decimal(17), valid_from=dt.date(2024, 1, 1)),
        TaxRate(tax_class="reduced", percent=Decimal(8), valid_from=TODAY),
        TaxRate(tax_class="standard", percent=Decimal(18), valid_from=dt.date(2027, 1, 1)),
        TaxRate(tax_class="intermediate", percent=Decimal(14), valid_from=dt.date(2015, 1, 1)),
    ]
    content = f"{HEAD}\nLU,,,,20,VAT,1,0,1,\nLU,,,,9,VAT,1,0,1,reduced-rate\nLU,,,,4,VAT,1,0,1,books\n"
    judged = judge(content, rates=rates)
    merged = tax_rates.merge(rates, judged, valid_from=TODAY)
    again = judge(content, rates=merged)

    assert [one.verdict for one in judged] == [Verdict.CHANGED, Verdict.CHANGED, Verdict.NEW]
    assert [one.until for one in judged] == [dt.date(2027, 1, 1), None, None]
    assert merged == [
        *rates[:2],
        TaxRate(tax_class="reduced", percent=Decimal(9), valid_from=TODAY),
        *rates[3:],
        TaxRate(tax_class="standard", percent=Decimal(20), valid_from=TODAY),
        TaxRate(tax_class="books", percent=Decimal(4), valid_from=TODAY),
    ]
    assert {one.verdict for one in again} == {Verdict.SAME}
    assert tax_rates.merge(merged, again, valid_from=TODAY) == merged


def test_a_file_of_many_lines_is_accounted_for_to_the_last():
    lines = [f"US,CA,{90000 + number},CITY,{number % 10}.2500,Tax,1,0,1," for number in range(4_998)]
    judged = judge_lines(*lines, "LU,,,,17,VAT,1,0,1,", country="LU")

    assert [one.row.number for one in judged] == list(range(2, 5_001))
    assert taken(judged) == {"standard": "17.00"}
    with pytest.raises(InvalidInput, match="correct") as refused:
        judge_lines(*["*,,,,1,,1,0,1,"] * 5_001)
    assert refused.value.errors == {"file": ["The file has more than 5,000 lines."]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Choose a file."),
        (b" \r\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no text file."),
        (b"PK\x03\x04", "This is an Excel workbook. Save it as CSV and upload that."),
        (HEAD.encode(), "The file has headings, but no lines below them."),
        (
            f"{HEAD}\n".encode() + b"x" * 300_000,
            "The file is larger than 300 kB; no list of a country’s rates is that large.",
        ),
        (
            b"a,b,c\n1,2,3\n",
            "These are not tax rates from WooCommerce. The headings of the file are: a, b, c.",
        ),
        (b"a,b,c,d,e,f,g,h,i,j\n1,2,3,4,5,6,7,8,9,0\n", "These are not tax rates from WooCommerce."),
        (b"Country code,Rate %\nLU,17\n", "These columns are missing: tax class."),
        (b"Country code,Rate %,Rate %,Tax class\nLU,17,16,\n", "The column “rate %” is there twice."),
        (f'{HEAD}\nLU,,,,"17,VAT\n'.encode(), "The quotation"),
    ],
)
def test_what_is_no_file_of_rates_is_refused_at_its_field(content, reason):
    with pytest.raises(InvalidInput) as refused:
        tax_file_service.read_file(content)

    assert refused.value.errors.keys() == {"file"}
    assert refused.value.errors["file"][0].startswith(reason)


@pytest.mark.parametrize("head", [HEAD, "Ländercode;Satz %;Steuerklasse", SAMPLE.read_text().splitlines()[0]])
def test_a_catalogue_of_rates_is_refused_with_who_can_read_it_in(head):
    with pytest.raises(FileRefused, match=r"tax rates from WooCommerce.*admin of the platform.*“VAT rates”"):
        read(f"{head}\n".encode())


def test_the_country_is_the_chosen_one_or_the_platforms_or_the_only_one():
    several, one, everywhere = (
        tax_file_service.read_file("\n".join([HEAD, *lines]).encode())
        for lines in (
            ["GB,,,,20,,1,0,1,", "FR,,,,20,,1,0,1,"],
            ["GB,,,,20,,1,0,1,"],
            ["*,,,,20,,1,0,1,"],
        )
    )
    choose = tax_file_service.choose_country

    assert choose(several, chosen="GB", home="FR") == "GB"
    assert choose(several, chosen="", home="FR") == "FR"
    assert choose(one, chosen="", home="LU") == "GB"
    assert choose(everywhere, chosen="", home="LU") == ""
    assert choose(everywhere, chosen="LU", home="") == "LU"
    for file, chosen, reason in (
        (several, "", "The file has rates of several countries. Choose one of them."),
        (several, "LU", "The file has no rates of Luxembourg."),
    ):
        with pytest.raises(InvalidInput) as refused:
            choose(file, chosen=chosen, home="LU")
        assert refused.value.errors == {"country": [reason]}


def test_a_packed_file_is_the_same_and_never_larger_than_a_file_may_be():
    content = SAMPLE.read_bytes()

    assert tax_file_service.unpack(tax_file_service.pack(content)) == content
    assert len(tax_file_service.unpack(tax_file_service.pack(b" " * 50_000_000))) == 300_001
    for text in ("", "~", "AAAA", tax_file_service.pack(content)[:-8]):
        with pytest.raises(InvalidInput) as refused:
            tax_file_service.unpack(text)
        assert refused.value.errors == {"file": ["Choose the file once more."]}
