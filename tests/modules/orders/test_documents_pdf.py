"""The files themselves, read back as a customer's reader does."""

import io
from decimal import Decimal

import pypdf
import pytest

from modules.orders.documents import fonts, invoice_pdf, slip_pdf
from modules.orders.schemas.order import CancelForm, FulfilmentForm, PaymentForm
from modules.orders.services import (
    document_service,
    fulfilment_service,
    order_service,
    settlement_service,
    slip_service,
)
from tests.modules.orders.conftest import NOON, line_form, order_form, step
from tests.modules.orders.seller import make_company
from wizamart.platforms import scoped

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def seller(session, shop):
    make_company(session, shop.vendor)
    with scoped(session, shop.platform.id, shop.vendor.id):
        yield


def read(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    return reader, pages


def fill(session, order, locale):
    form = order_form(
        customer_name="Léa Schrœder-Weiß",
        has_billing_address=True,
        billing_address={"name": "Łódź „Ëm“ & <Co>", "street": "Šk. 1", "city": "Köln", "country": "DE"},
    )
    order_service.update_order(session, order.id, form, step())
    order.locale = locale


@pytest.mark.usefixtures("seller")
def test_an_invoice_reads_in_the_customers_language_with_all_its_letters_and_its_tax(session, make_order):
    title = "Honig „Bléien“ aus dem Ösling, weiß – im Glas zu 500 g, mit einem Titel, der umbricht " * 3
    order = make_order(
        lines=[
            line_form(title=title.strip(), unit_price_minor=123456),
            line_form(title="Tasse", sku="MUG", unit_price_minor=1690, quantity=1, tax_rate=Decimal(17)),
        ]
    )
    fill(session, order, "de")
    order_service.place_order(session, order.id, step())
    settlement_service.record_payment(
        session, order.id, PaymentForm(amount_minor=order.due_minor, method="cash"), step()
    )
    (invoice,) = document_service.list_documents(session, order)

    content = invoice_pdf.render(invoice)
    reader, (text,) = read(content)

    for expected in (
        title.strip(),
        "Rechnung",
        "HONEY-2026-00001",
        "04.05.2026",
        "Bléien S.à r.l. · 12, rue de l’Église · L-9450 Vianden · Luxemburg",
        "LU26375245",
        "Łódź „Ëm“ & <Co> Šk. 1 Köln Deutschland",
        "Léa Schrœder-Weiß 1, Grand-Rue 1660 Luxembourg",
        "1.234,56 €",
        "3.703,68 €",
        "17 % 19,49 € 3,31 € 22,80 €",
        "3 % 3.595,81 € 107,87 € 3.703,68 €",
        "3.615,30 € 111,18 € 3.726,48 €",
        "Seite 1 von 1",
    ):
        assert expected in text.replace("\u00a0", " ").replace("\u202f", " "), (expected, text)
    assert reader.metadata.title == "Rechnung HONEY-2026-00001"
    assert reader.metadata.author == "Bléien S.à r.l."
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    embedded = [font for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in embedded if "Roboto" in font["/BaseFont"])
    assert invoice_pdf.render(invoice) == content


@pytest.mark.usefixtures("seller")
def test_many_lines_run_over_pages_with_their_head_and_numbers_and_the_credit_note_names_its_invoice(
    session, make_order
):
    lines = [line_form(title=f"Item {count}", sku=f"S{count}", quantity=1) for count in range(90)]
    order = make_order("paid", lines=lines)
    settlement_service.cancel(session, order.id, CancelForm(reason="Doubled"), step())
    invoice, credit = document_service.list_documents(session, order)

    for document, heading in ((invoice, "Invoice"), (credit, "Credit note")):
        _reader, pages = read(invoice_pdf.render(document))
        assert len(pages) >= 4
        for number, text in enumerate(pages, start=1):
            assert f"Page {number} of {len(pages)}" in text
            assert "VAT number LU26375245" in text
        assert all(f"{heading} {document.number}" in text for text in pages[1:])
        assert all("Quantity" in text and "Item" in text for text in pages[:-1])
        assert "€905.90" in pages[-1]
        assert all(f"S{count}" in " ".join(pages) for count in range(90))
    assert f"This credit note corrects invoice {invoice.number}. Reason: Doubled" in pages[-1]


@pytest.mark.usefixtures("seller")
def test_a_packing_slip_lists_what_is_in_the_parcel_and_no_price(session, make_order):
    order = make_order("paid", lines=[line_form(), line_form(title="Mug", sku="MUG", quantity=2)])
    honey = order.lines[0]
    fulfilment_service.fulfil(
        session, order.id, FulfilmentForm(tracking_number="LU1"), step(), pieces={honey.id: 2}
    )
    (parcel,) = fulfilment_service.list_fulfilments(session, order)

    def slip(parcel_id=None):
        built = slip_service.build_slip(session, order, parcel_id=parcel_id, at=NOON)
        _reader, (text,) = read(slip_pdf.render(built))
        return text

    assert "Honey HON 3 2" in slip(parcel.id)
    assert "Mug" not in slip(parcel.id)
    assert "LU1" in slip(parcel.id)
    assert "Honey HON 3 1 Mug MUG 2 2" in slip()
    assert "Pieces in this parcel: 3" in slip()
    assert "€" not in slip()


def test_no_letter_becomes_an_empty_box():
    known = fonts.register()
    written = fonts.plain("é ö ß ë „“ € ① 日本 🐝 a\u0301 \x00\u200b\t\u202f.")

    assert written == "é ö ß ë „“ € 1 ?? ? á  \u202f."
    assert all(ord(character) in known for character in written)
