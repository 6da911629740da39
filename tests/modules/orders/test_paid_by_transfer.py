"""An order that is paid by bank transfer, from the checkout to the statement, and what happens when money goes back."""

from datetime import timedelta

import pytest

from modules.orders.services import cart_service, collection_service, placement_service
from modules.orders.services.cart_service import Holder
from modules.orders.services.placement_service import Purchase
from modules.orders.services.step_service import Step
from modules.payments.services import checkout_service, payment_service
from modules.payments.services.matching_service import get_entry, match, unmatch
from modules.payments.statements import references
from tests.modules.orders import shelf as shelves
from tests.modules.orders.conftest import NOON
from tests.modules.orders.test_placing import checkout_form
from tests.modules.payments.bank_files import PAYER, entry, statement
from tests.modules.payments.test_bank_matching import entries_of, make_bank, upload
from wizamart.platforms import scoped


@pytest.fixture
def purchase(app, session, shop):
    """A cart with two jars of honey, to be paid by transfer: 25.90 euros."""
    shelves.install(app).put("honey", shop.vendor.id, available=5)
    with scoped(session, shop.platform.id):
        bank = make_bank(session, shop.platform)
        cart, _held = cart_service.add(
            session, Holder(shop.platform.id), reference="honey", quantity=2, at=NOON
        )
        holder = Holder(shop.platform.id, token=cart.token)
        seen = placement_service.preview(session, holder, vendor_id=shop.vendor.id)
        [offer] = collection_service.list_offers(
            session, platform_id=shop.platform.id, vendor_id=shop.vendor.id, currency="EUR"
        )
        yield (
            bank,
            Purchase(
                holder=holder,
                vendor_id=shop.vendor.id,
                form=checkout_form(payment=offer.code),
                quote=seen.quote,
                form_key="one",
                locale="de",
                build_url=lambda token: f"http://localhost/platforms/lux/orders/{token}",
            ),
        )


@pytest.mark.backends("sqlite")
def test_an_order_waits_for_a_transfer_at_least_as_long_as_the_customer_is_given(session, purchase):
    _bank, asked = purchase
    order = placement_service.place(session, asked, at=NOON)
    payment = payment_service.get_payment(session, order.payment_id)

    due = checkout_service.find_due(payment)

    assert due == NOON + timedelta(days=14)
    assert order.expires_at == due + timedelta(days=4)


@pytest.mark.backends("sqlite")
def test_goods_are_not_held_for_ever_by_choosing_a_transfer_again_and_again(session, purchase):
    _bank, asked = purchase
    order = placement_service.place(session, asked, at=NOON)

    for days in (15, 30, 45, 60):
        step = Step(NOON + timedelta(days=days))
        order.payment_label = "Card"  # which was chosen in between
        collection_service.begin_again(session, order.id, asked.form.payment, step)
        session.flush()

    assert order.expires_at == NOON + timedelta(days=60)


@pytest.mark.backends("sqlite")
def test_an_order_is_paid_by_its_transfers_and_owes_again_what_the_bank_takes_back(session, purchase):
    bank, asked = purchase
    order = placement_service.place(session, asked, at=NOON)
    assert collection_service.find_outlook(session, order).is_transfer
    reference = references.build(order.payment_id)

    upload(session, bank, statement(entry("20.00", ustrd=reference, name="Léa", iban=PAYER)))
    [first] = entries_of(session)
    match(session, first, payment_id=order.payment_id, vendor_id=None, actor_id=1, at=NOON)
    outlook = collection_service.find_outlook(session, order)
    assert (order.status, order.paid_minor, order.due_minor) == ("placed", 2000, 590)
    assert (outlook.is_transfer, outlook.is_waiting, bool(outlook.token)) == (True, False, True)

    upload(session, bank, statement(entry("5.90", ustrd=reference, booked="2026-05-07")))
    assert (order.status, order.paid_minor, order.due_minor) == ("paid", 2590, 0)

    second = entries_of(session)[1]
    unmatch(session, get_entry(session, second.id, vendor_id=None), vendor_id=None, actor_id=1, at=NOON)

    assert (order.paid_minor, order.refunded_minor, order.due_minor) == (2000, 0, 590)
    assert payment_service.get_payment(session, order.payment_id).captured_minor == 2000
