import threading

import pytest
import sqlalchemy as sa

from modules.orders.exceptions import NothingToOrder, NotOrderable, PaymentNotOffered, TotalChanged
from modules.orders.models.order import Order
from modules.orders.schemas.checkout import CheckoutForm
from modules.orders.services import cart_service, collection_service, placement_service
from modules.orders.services.cart_service import Holder
from modules.orders.services.placement_service import Purchase
from modules.payments.services import payment_service
from tests.modules.orders import shelf as shelves
from tests.modules.orders.conftest import NOON, open_test_account
from wizamart.database import db, unit_of_work
from wizamart.exceptions import InvalidInput
from wizamart.mail import Mail
from wizamart.module_system import config_service
from wizamart.platforms import Scope, enter_scope, scoped


@pytest.fixture
def shelf(app):
    return shelves.install(app)


def checkout_form(**changes):
    values = {
        "email": "lea@example.com",
        "name": "Léa Weber",
        "shipping_address": {"street": "1, Grand-Rue", "postal_code": "1660", "city": "Luxembourg"},
        "delivery_method": "standard",
        "payment": "",
    }
    return CheckoutForm.model_validate(values | changes)


@pytest.fixture
def test_account(session, shop):
    return open_test_account(session, shop)


@pytest.fixture
def fill(session, shelf, shop, test_account):
    """Return `fill(**form) -> Purchase`: a cart with two jars of honey, and what its checkout sends."""

    def make(*, form_key="one", available=5, **form):
        shelf.put("honey", shop.vendor.id, available=available)
        cart, _held = cart_service.add(
            session, Holder(shop.platform.id), reference="honey", quantity=2, at=NOON
        )
        holder = Holder(shop.platform.id, token=cart.token)
        seen = placement_service.preview(session, holder, vendor_id=shop.vendor.id)
        offers = collection_service.list_offers(
            session, platform_id=shop.platform.id, vendor_id=shop.vendor.id, currency="EUR"
        )
        return Purchase(
            holder=holder,
            vendor_id=shop.vendor.id,
            form=checkout_form(**{"payment": offers[0].code, **form}),
            quote=seen.quote,
            form_key=form_key,
            locale="de",
            build_url=lambda token: f"http://localhost/platforms/lux/orders/{token}",
        )

    with scoped(session, shop.platform.id):
        yield make


def test_a_cart_becomes_an_order_with_a_payment_that_waits(session, fill):
    purchase = fill()

    order = placement_service.place(session, purchase, at=NOON)

    assert (order.status, order.total_minor) == ("placed", 2590)
    assert [(line.reference, line.quantity, line.title) for line in order.lines] == [("honey", 2, "Honey")]
    payment = payment_service.get_payment(session, order.payment_id)
    assert (payment.amount_minor, payment.reference, payment.captured_minor) == (2590, order.number, 0)
    assert payment.return_url == f"/platforms/lux/orders/{order.token}"
    assert order.expires_at > NOON
    assert cart_service.count_lines(session, purchase.holder) == 0
    mail = session.scalars(sa.select(Mail)).one()
    assert (mail.to, mail.locale) == ("lea@example.com", "de")
    assert order.page_url in mail.text


def test_the_same_form_again_gives_the_same_order_and_another_finds_nothing(session, fill):
    purchase = fill()
    order = placement_service.place(session, purchase, at=NOON)

    assert placement_service.place(session, purchase, at=NOON).id == order.id
    with pytest.raises(NothingToOrder):
        placement_service.place(session, shelves.with_changes(purchase, form_key="two"), at=NOON)
    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"unit_price": 1100}, TotalChanged),
        ({"tax_rate": "8"}, TotalChanged),
        ({"available": 1}, NotOrderable),
    ],
)
def test_what_changed_since_the_customer_looked_is_said_and_nothing_is_done(
    session, fill, shelf, shop, change, refusal
):
    purchase = fill()
    shelf.put("honey", shop.vendor.id, **change)

    with pytest.raises(refusal), session.begin_nested():
        placement_service.place(session, purchase, at=NOON)

    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0
    assert cart_service.count_lines(session, purchase.holder) == 1


def test_another_delivery_than_the_one_that_was_counted_is_shown_first(session, fill):
    purchase = fill(delivery_method="express")

    with pytest.raises(TotalChanged):
        placement_service.place(session, purchase, at=NOON)

    seen = placement_service.preview(
        session, purchase.holder, vendor_id=purchase.vendor_id, delivery_code="express"
    )
    order = placement_service.place(session, shelves.with_changes(purchase, quote=seen.quote), at=NOON)
    assert order.total_minor == 2000 + 1290


def test_delivery_is_free_from_an_amount_and_terms_are_asked_for(session, fill, shop):
    methods = [{"code": "standard", "title": "Post", "price_minor": 590, "free_from_minor": 2000}]
    config = {"delivery_methods": methods, "terms_page": "terms"}
    config_service.set_module_config(session, shop.platform.id, "orders", config)
    purchase = fill()

    with pytest.raises(InvalidInput) as refusal:
        placement_service.place(session, purchase, at=NOON)
    order = placement_service.place(
        session,
        shelves.with_changes(purchase, form=checkout_form(payment=purchase.form.payment, consent=True)),
        at=NOON,
    )

    assert "consent" in refusal.value.errors
    assert order.total_minor == 2000


def test_a_way_to_pay_that_nobody_offers_is_refused_at_its_field(session, fill):
    purchase = fill(payment="9999-card")

    with pytest.raises(PaymentNotOffered) as refusal:
        placement_service.place(session, purchase, at=NOON)

    assert "payment" in refusal.value.errors


def test_however_often_and_from_wherever_the_button_is_pressed_there_is_one_order(app, session, fill, shop):
    purchase = fill()
    session.commit()
    orders, failures, start = [], [], threading.Barrier(6)

    def press(form_key):
        with app.app_context():
            try:
                start.wait()
                with unit_of_work() as own:
                    enter_scope(own, Scope(shop.platform.id))
                    pressed = shelves.with_changes(purchase, form_key=form_key)
                    orders.append(placement_service.place(own, pressed, at=NOON).number)
            except NothingToOrder as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(f"form-{count % 2}",)) for count in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with scoped(session, shop.platform.id):
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 1
    assert (len(orders), len(failures), len(set(orders))) == (3, 3, 1)
