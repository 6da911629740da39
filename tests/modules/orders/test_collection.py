"""Money on its way: late, refunded over the network, never paid at all; and what customers are told of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.orders.schemas.order import CancelForm, FulfilmentForm, RefundForm
from modules.orders.services import (
    cart_service,
    collection_service,
    expiry_service,
    fulfilment_service,
    order_service,
    placement_service,
    settlement_service,
)
from modules.orders.services.cart_service import Holder
from modules.orders.services.placement_service import Purchase
from modules.payments.gateways.interface import Outcome
from modules.payments.gateways.test_provider import TestProvider
from modules.payments.schemas.dispute import DISPUTED
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import attempt_service, ledger_service, payment_service
from tests.modules.orders import shelf as shelves
from tests.modules.orders.conftest import NOON, open_test_account, step
from tests.modules.orders.test_placing import checkout_form
from wizamart.mail import Mail
from wizamart.money import Money
from wizamart.platforms import scoped

CARD = "4111111111111111"


@pytest.fixture
def placed(app, session, shop):
    """Yield an order of the storefront that waits for its payment."""
    shelf = shelves.install(app)
    shelf.put("honey", shop.vendor.id)
    open_test_account(session, shop)
    with scoped(session, shop.platform.id):
        cart, _held = cart_service.add(
            session, Holder(shop.platform.id), reference="honey", quantity=2, at=NOON
        )
        holder = Holder(shop.platform.id, token=cart.token)
        seen = placement_service.preview(session, holder, vendor_id=shop.vendor.id)
        (offer,) = collection_service.list_offers(
            session, platform_id=shop.platform.id, vendor_id=shop.vendor.id, currency="EUR"
        )
        purchase = Purchase(
            holder,
            shop.vendor.id,
            checkout_form(payment=offer.code),
            seen.quote,
            "one",
            "fr",
            lambda token: f"http://localhost/orders/{token}",
        )
        yield placement_service.place(session, purchase, at=NOON)


def pay(session, order):
    payment = payment_service.get_payment(session, order.payment_id)
    payment_service.authorize(session, payment, source=CARD, idempotency_key="pay", at=NOON)
    return payment


def subjects(session):
    return [mail.subject for mail in session.scalars(sa.select(Mail).order_by(Mail.id))]


def test_what_is_not_paid_in_time_is_cancelled_and_its_payment_closed(session, placed):
    assert expiry_service.cancel_unpaid(session, at=placed.expires_at - timedelta(seconds=1)) == 0

    assert expiry_service.cancel_unpaid(session, at=placed.expires_at) == 1
    assert expiry_service.cancel_unpaid(session, at=NOON + timedelta(days=60)) == 0

    assert placed.status == "cancelled"
    payment = payment_service.get_payment(session, placed.payment_id)
    assert not collection_service.checkout_service.is_payable(payment)
    assert subjects(session) == ["Votre commande 1001", "La commande 1001 est annulée"]
    assert "Rien n’a été débité" in session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first().text


def test_a_paid_order_is_paid_once_and_not_cancelled_by_the_clock(session, placed):
    payment = pay(session, placed)
    for _again in range(2):
        collection_service.follow(session, placed.id, payment.id, collection_service.PAY, reason="", at=NOON)

    assert (placed.status, placed.paid_minor, placed.expires_at) == ("paid", 2590, None)
    (entry,) = settlement_service.list_money(session, placed)
    assert (entry.amount_minor, entry.method, entry.reference) == (2590, "card", "•••• 1111")
    assert expiry_service.cancel_unpaid(session, at=NOON + timedelta(days=60)) == 0
    assert subjects(session)[-1] == "Votre paiement pour la commande 1001 est arrivé"


def test_a_payment_to_another_vendor_that_names_the_order_pays_nothing_of_it(session, shop, placed):
    account = open_test_account(session, replace(shop, vendor=shop.other))

    payment_service.start_payment(
        session,
        platform_id=shop.platform.id,
        vendor_id=shop.other.id,
        amount=Money(placed.due_minor, "EUR"),
        reference=placed.number,
        source=CARD,
        account=account,
        at=NOON,
    )

    assert (placed.status, placed.paid_minor) == ("placed", 0)
    assert settlement_service.list_money(session, placed) == []


def test_a_customer_is_told_of_money_that_goes_back_and_not_of_a_dispute(session, placed):
    payment = pay(session, placed)

    for _twice in range(2):
        form = RefundForm(amount_minor=500, reason="One jar was broken")
        settlement_service.give_back(session, placed.id, form, step("sorry"))
    taken = Outcome(EntryKind.REFUNDED, "dp_1", payment.external_id, reason=DISPUTED)
    locked = ledger_service.lock_payment(session, payment.id)
    ledger_service.append(session, locked, taken, 700, at=NOON, dispute="dp_1")

    assert placed.refunded_minor == 1200
    assert subjects(session)[2:] == ["Remboursement pour la commande 1001"]
    assert "5,00\xa0€" in session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first().text


def test_a_customer_reads_what_lies_in_the_parcel(session, placed):
    pay(session, placed)
    fulfilment_service.fulfil(
        session, placed.id, FulfilmentForm(carrier="Post"), step("send"), pieces={placed.lines[0].id: 1}
    )

    mail = session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
    assert mail.subject == "La commande 1001 est en route"
    assert f"1 × {placed.lines[0].title}\n\nPost\n" in mail.text


def test_money_that_comes_after_the_order_was_cancelled_goes_back(session, placed):
    payment = payment_service.get_payment(session, placed.payment_id)
    settlement_service.cancel(session, placed.id, CancelForm(reason=""), step("no"))

    payment_service.authorize(session, payment, source=CARD, idempotency_key="late", at=NOON)

    order = order_service.get_order(session, placed.id)
    assert (order.status, order.paid_minor, order.refunded_minor) == ("cancelled", 2590, 2590)
    assert sum(entry.amount_minor for entry in settlement_service.list_money(session, order)) == 0


def test_a_refund_over_the_network_is_on_its_way_until_it_is_confirmed(session, placed, monkeypatch):
    payment = pay(session, placed)
    remote = replace(TestProvider.capabilities, is_remote=True)
    monkeypatch.setattr(TestProvider, "capabilities", remote)

    settlement_service.cancel(session, placed.id, CancelForm(reason=""), step("cancel"))
    order = order_service.get_order(session, placed.id)
    assert (order.status, order.refunding_minor, order.refunded_minor) == ("cancelled", 2590, 0)
    assert order.refundable_minor == 0

    (attempt,) = [one for one in payment.attempts if one.verb == "refund"]
    question = attempt_service.prepare(session, attempt.id, at=NOON)
    attempt_service.record(session, attempt.id, attempt_service.put(question), at=NOON)

    order = order_service.get_order(session, placed.id)
    assert (order.refunding_minor, order.refunded_minor) == (0, 2590)
    assert [entry.amount_minor for entry in settlement_service.list_money(session, order)] == [2590, -2590]
