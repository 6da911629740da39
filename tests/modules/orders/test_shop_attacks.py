"""What customers and chance throw at a shop: texts that are no texts, sellers and providers that go in the middle."""

import csv
import io
import re

import pypdf
import pytest
import sqlalchemy as sa

from modules.orders.documents import invoice_pdf, slip_pdf
from modules.orders.models.order import Order
from modules.orders.services import document_service, slip_service
from modules.payments.models.account import ProviderAccount
from modules.payments.services import account_service
from tests.modules.orders.seller import make_company
from tests.modules.orders.test_shop_switching import life  # noqa: F401 - a fixture
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.mail import Mail, build_message
from wizamart.platforms import Vendor, VendorStatus

pytestmark = pytest.mark.backends("sqlite")
FORMULA = '=HYPERLINK("http://evil.test";"x")'
TEXTS = [
    FORMULA,
    "<b>Léa</b> <img src='file:///etc/passwd'/> &amp; {{ 7*7 }} %(name)s",
    "Léa\r\nBcc: eve@evil.test\r\n\r\nbody",
    "Léa\u2028Bcc: eve@evil.test\x1b[31m\u202e",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_name_stays_a_text_in_mails_documents_and_files(life, text):  # noqa: F811
    with life.vendor_session() as session:
        make_company(session, life.shop.vendor)
    life.shopper.put(life.reference, 1)
    filled = {**life.shopper.fill_checkout(), "name": text, "shipping_address.street": text}
    answer = life.shopper.post("/checkout/honey", **filled)
    assert answer.status_code == 303
    life.path = f"/orders/{life.order().token}"
    life.pay()
    life.send(1)

    with life.vendor_session() as session:
        mails = session.scalars(sa.select(Mail)).all()
        assert len(mails) >= 3
        for mail in mails:
            message = build_message(mail, sender="Shop <shop@wizamart.test>")
            assert message["Bcc"] is None
            assert message["To"] == "lea@example.com"
            assert "\n" not in message["Subject"]
            assert not re.search("^Bcc", mail.text, re.MULTILINE)
        order = session.scalars(sa.select(Order)).one()
        assert not re.search("[\r\n\u2028\x1b\u202e]", order.customer_name)
        papers = [invoice_pdf.render(one) for one in document_service.list_documents(session, order)]
        papers.append(
            slip_pdf.render(slip_service.build_slip(session, order, parcel_id=None, at=clock.now()))
        )
    for paper in papers:
        page = pypdf.PdfReader(io.BytesIO(paper)).pages[0]
        written = " ".join(page.extract_text().split())
        assert " ".join(text.split())[:12] in written
        assert "/Annots" not in page
    with life.owner.get("/platforms/lux/vendor/honey/orders.csv") as file:
        table = list(csv.reader(io.StringIO(file.text)))
    assert len(table) == 2
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in table for cell in row)


def test_a_provider_that_goes_at_any_point_of_an_order_breaks_no_page(life):  # noqa: F811
    """Switched off and on at each point, and its account deleted at the end."""

    def switch(*, is_on):
        with life.vendor_session() as session:
            account = session.scalars(sa.select(ProviderAccount)).one()
            account_service.set_enabled(session, account, is_enabled=is_on, actor_id=None, at=clock.now())

    def look(point):
        for path in filter(None, ("/cart", life.path)):
            assert life.shopper.get(path).status_code == 200, (point, path)
        if point in {"filled cart", "checkout shown"}:
            assert life.shopper.get("/checkout/honey").status_code == 200
        if life.path:
            page = life.owner.get(f"/platforms/lux/vendor/honey/orders/{life.order().id}")
            assert page.status_code == 200
            assert "Honey" in page.text

    for point in life.points():
        before = life.rows()
        switch(is_on=False)
        look(point)
        if point == "checkout shown":
            answer = life.shopper.post("/checkout/honey", **life.filled)
            assert answer.status_code == 422, answer.text
        switch(is_on=True)
        look(point)
        assert life.rows() == before
    with life.vendor_session() as session:
        session.delete(session.scalars(sa.select(ProviderAccount)).one())
    look("account deleted")
    paid = re.search(
        r"Card[^<]*1111|Test payments",
        life.owner.get(f"/platforms/lux/vendor/honey/orders/{life.order().id}").text,
    )
    assert paid


def test_a_vendor_who_is_suspended_sells_nothing_and_keeps_what_was_ordered(life, app):  # noqa: F811
    def set_status(status):
        with app.app_context(), unit_of_work() as session:
            session.get_one(Vendor, life.shop.vendor.id).status = status

    for point in life.points():
        before = life.rows()
        set_status(VendorStatus.SUSPENDED)
        assert life.shopper.get("/cart").status_code == 200, point
        assert life.shopper.put(life.reference).status_code in {303, 404}
        filled = getattr(life, "filled", {})
        for answer in (life.shopper.get("/checkout/honey"), life.shopper.post("/checkout/honey", **filled)):
            assert answer.status_code in {303, 404, 409, 422}, (point, answer.text)
        if life.path:
            assert life.shopper.get(life.path).status_code == 200, point
        assert life.owner.get("/platforms/lux/vendor/honey/orders").status_code == 404
        set_status(VendorStatus.ACTIVE)
        assert life.rows() == before, point
    assert life.order().status == "returned"
