"""Who may issue, list and download documents."""

import re

import pytest

from tests.modules.orders.seller import make_company
from tests.modules.orders.test_orders_pages import FORM, LINE, URL
from wizamart.database import db, unit_of_work

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def people(shop, make_client, factory, sign_in):
    def sign(**role):
        client = make_client()
        sign_in(client, factory.user(**role))
        return client

    return {
        "admin": sign(admin_of=shop.platform),
        "owner": sign(owner_of=shop.vendor),
        "stranger": sign(owner_of=shop.other),
        "customer": make_client(),
    }


@pytest.fixture
def placed(people):
    """Return the address of a placed order in the vendor's portal."""
    owner, base = people["owner"], f"{URL}/vendor/honey/orders"
    address = owner.post(base, data=FORM).headers["Location"]
    owner.post(f"{address}/lines", data=LINE)
    owner.post(f"{address}/placement", data={"form_key": "place"})
    return address


def name_company(app, shop):
    with app.app_context(), unit_of_work():
        make_company(db.session(), shop.vendor)


def test_admins_the_vendor_and_the_customer_download_it_and_nobody_else(app, shop, people, placed):
    name_company(app, shop)
    people["owner"].post(
        f"{placed}/payments", data={"amount_minor": "35.90", "method": "cash", "form_key": "pay"}
    )
    order_id = placed.rpartition("/")[2]
    page = people["owner"].get(placed).text
    document_id = re.search(r"orders/documents/(\d+)\.pdf", page)[1]
    shop_page = re.search(r"/orders/[\w-]{20,}", page)[0]
    file, slip = f"orders/documents/{document_id}.pdf", f"orders/{order_id}/packing-slip.pdf"
    addresses = [
        ("admin", f"/admin/{file}", 200),
        ("admin", f"/admin/{slip}", 200),
        ("admin", f"/admin/{slip}?parcel=99", 404),
        ("owner", f"/vendor/honey/{file}", 200),
        ("owner", f"/vendor/honey/{slip}", 200),
        ("stranger", f"/vendor/tea/{file}", 404),
        ("stranger", f"/vendor/tea/{slip}", 404),
        ("customer", f"/admin/{file}", 401),
        ("customer", f"{shop_page}/documents/{document_id}.pdf", 200),
        ("customer", f"{shop_page}/documents/99.pdf", 404),
        ("customer", f"{shop_page[:-1]}/documents/{document_id}.pdf", 404),
    ]

    for who, address, status in addresses:
        response = people[who].get(URL + address, headers={"HX-Request": "true"} if status == 401 else {})
        assert response.status_code == status, address
        if status == 200:
            assert response.mimetype == "application/pdf"
            assert response.data.startswith(b"%PDF-")
            assert "attachment" in response.headers["Content-Disposition"]
            assert "private" in response.headers["Cache-Control"]

    listed = f"{URL}/admin/orders/documents"
    assert f"/admin/{file}" in people["admin"].get(f"{listed}?search=HONEY").text
    with people["admin"].get(f"{listed}.csv") as table:
        assert b"HONEY-" in table.data
    assert "HONEY-" not in people["stranger"].get(f"{URL}/vendor/tea/orders/documents").text
    assert f"{shop_page}/documents/{document_id}.pdf" in people["customer"].get(URL + shop_page).text


def test_an_invoice_is_issued_by_hand_once_the_company_is_known(app, shop, people, placed):
    owner = people["owner"]

    refused = owner.post(f"{placed}/invoice", data={"form_key": "a"}, follow_redirects=True)
    assert "Enter the company behind this vendor first" in refused.text

    name_company(app, shop)
    assert "Issue invoice" in owner.get(placed).text
    for _click in range(2):
        issued = owner.post(f"{placed}/invoice", data={"form_key": "b"}, follow_redirects=True)
    assert len(re.findall(r"Invoice HONEY-\d{4}-00001", issued.text)) == 1
    assert "Issue invoice" not in issued.text
    assert people["stranger"].post(f"{placed.replace('honey', 'tea')}/invoice").status_code == 404
