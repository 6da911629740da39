"""Invoices and credit notes: numbers, amounts, and that nothing of them changes."""

import threading
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from modules.orders.exceptions import DocumentNotFound, InvoiceTooEarly, SellerUnknown
from modules.orders.models.document import DocumentChanged
from modules.orders.schemas.document import DocumentLine, Party, RateGroup
from modules.orders.schemas.order import CancelForm, FulfilmentForm, PaymentForm, ReturnForm
from modules.orders.services import (
    credit_service,
    credit_shares,
    document_service,
    fulfilment_service,
    invoice_service,
    settlement_service,
    totals_service,
)
from modules.orders.services.credit_shares import SoldLine
from modules.payments.gateways.interface import Outcome
from modules.payments.schemas.dispute import DISPUTED
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import ledger_service, payment_service
from tests.modules.orders.conftest import NOON, line_form, open_test_account, step
from tests.modules.orders.seller import make_company
from wizamart.database import unit_of_work
from wizamart.money import Money
from wizamart.platforms import scoped


class Interrupted(Exception):
    pass


@pytest.fixture
def company(session, shop):
    return make_company(session, shop.vendor)


@pytest.fixture
def at_the_vendor(session, shop, company):
    with scoped(session, shop.platform.id, shop.vendor.id):
        yield


def mixed_lines():
    return [
        line_form(unit_price_minor=333, quantity=3, tax_rate=Decimal(3)),
        line_form(sku="TEA", unit_price_minor=999, quantity=2, tax_rate=Decimal(8), discount_minor=99),
        line_form(sku="MUG", unit_price_minor=1690, quantity=1, tax_rate=Decimal(17)),
    ]


def sums(document):
    return document.net_minor, document.tax_minor, document.total_minor


@pytest.mark.usefixtures("at_the_vendor")
def test_an_invoice_is_issued_once_when_the_order_is_paid_and_never_changes(session, make_order, company):
    unpaid = make_order("placed", key="unpaid")
    assert document_service.list_documents(session, unpaid) == []

    order = make_order("paid", lines=mixed_lines())
    (invoice,) = document_service.list_documents(session, order)

    assert (invoice.number, invoice.issued_on) == ("HONEY-2026-00001", NOON.date())
    assert sums(invoice) == (order.net_minor, order.tax_minor, order.total_minor)
    assert sum(group.gross_minor for group in invoice.body.groups) == order.total_minor
    assert sum(line.amount_minor for line in invoice.body.lines) == order.total_minor
    assert invoice_service.issue_invoice(session, order.id, step()).id == invoice.id
    company.legal_name = order.customer_name = "Somebody else"
    session.flush()
    assert (invoice.body.seller.name, invoice.body.buyer.name) == ("Bléien S.à r.l.", "Léa Weber")
    with pytest.raises(DocumentChanged), session.begin_nested():
        invoice.total_minor = 1


@pytest.mark.usefixtures("at_the_vendor")
def test_drafts_and_cancelled_orders_get_no_invoice(session, make_order):
    draft, cancelled = make_order(key="draft"), make_order("placed", key="gone")
    settlement_service.cancel(session, cancelled.id, CancelForm(), step())

    for order in (draft, cancelled):
        with pytest.raises(InvoiceTooEarly):
            invoice_service.issue_invoice(session, order.id, step())


def test_without_a_company_an_order_is_paid_all_the_same_and_its_invoice_waits(session, make_order, shop):
    order = make_order("paid")

    with scoped(session, shop.platform.id, shop.vendor.id):
        assert (order.status, document_service.list_documents(session, order)) == ("paid", [])
        with pytest.raises(SellerUnknown):
            invoice_service.issue_invoice(session, order.id, step())


@pytest.mark.usefixtures("at_the_vendor")
def test_a_cancelled_order_is_credited_whole(session, make_order):
    order = make_order("paid", lines=mixed_lines())

    for _click in range(2):
        settlement_service.cancel(session, order.id, CancelForm(reason="Doubled"), step("once"))
    invoice, credit = document_service.list_documents(session, order)

    assert credit.number == "HONEY-C2026-00001"
    assert sums(credit) == sums(invoice)
    assert credit.body.groups == invoice.body.groups
    assert (credit.body.corrects_number, credit.body.reason) == (invoice.number, "Doubled")


@pytest.mark.usefixtures("at_the_vendor")
def test_returns_are_credited_at_what_the_goods_cost_and_add_up_to_the_invoice(session, make_order):
    order = make_order("fulfilled", lines=mixed_lines())
    honey, tea, mug = order.lines

    for pieces in ({honey.id: 1}, {honey.id: 1, tea.id: 1}, {honey.id: 1, mug.id: 1}, {tea.id: 1}):
        worth = credit_service.value_of_return(order, pieces)
        form = ReturnForm(refund_minor=sum(group.gross_minor for group in worth))
        fulfilment_service.take_back(session, order.id, form, step(), pieces=pieces)
    invoice, *notes = document_service.list_documents(session, order)

    assert [len(credit.body.lines) for credit in notes] == [1, 2, 2, 1]
    assert order.status == "returned"
    assert sum(credit.total_minor for credit in notes) == order.total_minor - order.delivery_minor
    for credit in notes:
        assert sum(line.amount_minor for line in credit.body.lines) == credit.total_minor
    left = credit_shares.left_of(invoice.body.groups, [g for one in notes for g in one.body.groups])
    assert sum(group.gross_minor for group in left) == order.delivery_minor


@pytest.mark.usefixtures("company")
def test_what_a_provider_gives_back_is_credited_once_and_by_name(session, shop, make_order):
    account = open_test_account(session, shop)
    orders = [make_order("placed", key=key) for key in ("returned", "cancelled")]
    with scoped(session, shop.platform.id, shop.vendor.id):
        for order in orders:
            form = PaymentForm(amount_minor=order.due_minor, method=f"account-{account.id}")
            settlement_service.record_payment(session, order.id, form, step(f"pay-{order.id}"))
        returned, cancelled = orders
        fulfilment_service.fulfil(session, returned.id, FulfilmentForm(), step())
        fulfilment_service.take_back(
            session, returned.id, ReturnForm(refund_minor=2000), step(), pieces={returned.lines[0].id: 2}
        )
        settlement_service.cancel(session, cancelled.id, CancelForm(reason="Doubled"), step())
        money = settlement_service.list_money(session, returned)
        payment = payment_service.get_payment(session, money[0].payment_id)
        payment_service.request_refund(session, payment, amount=Money(100, "EUR"), reason="Sorry", at=NOON)
        withdrawn = Outcome(EntryKind.REFUNDED, "dp_1", payment.external_id, reason=DISPUTED)
        ledger_service.append(session, payment, withdrawn, 300, at=NOON, dispute="dp_1")
        (_invoice, part, later), (_other, whole) = [
            document_service.list_documents(session, one) for one in orders
        ]

        assert [one.number for _payment, one in settlement_service.list_disputes(session, money)] == ["dp_1"]

    assert (later.total_minor, returned.refunded_minor) == (100, 2400)  # what is disputed may come back
    assert (part.total_minor, [line.quantity for line in part.body.lines]) == (2000, [2])
    assert (whole.total_minor, whole.body.reason) == (cancelled.total_minor, "Doubled")
    assert cancelled.refunded_minor == cancelled.total_minor


@pytest.mark.usefixtures("at_the_vendor")
def test_a_refund_of_another_sum_is_shared_among_the_rates_and_goods_without_refund_are_not_credited(
    session, make_order
):
    order = make_order("fulfilled", lines=mixed_lines())
    honey, tea, mug = order.lines

    fulfilment_service.take_back(session, order.id, ReturnForm(), step(), pieces={honey.id: 1})
    fulfilment_service.take_back(session, order.id, ReturnForm(refund_minor=500), step(), pieces={tea.id: 1})
    fulfilment_service.take_back(
        session, order.id, ReturnForm(refund_minor=order.total_minor - 500), step(), pieces={mug.id: 1}
    )
    invoice, first, rest = document_service.list_documents(session, order)

    assert (first.total_minor, first.total_minor + rest.total_minor) == (500, order.total_minor)
    assert first.net_minor + rest.net_minor == invoice.net_minor


@pytest.mark.usefixtures("at_the_vendor")
def test_an_invoice_after_a_refund_comes_with_its_credit_note(session, make_order, shop):
    from wizamart.module_system.config_service import set_module_config

    set_module_config(session, shop.platform.id, "orders", {"invoice_when": "by-hand"})
    order = make_order("fulfilled")
    fulfilment_service.take_back(
        session, order.id, ReturnForm(refund_minor=1000), step(), pieces={order.lines[0].id: 1}
    )
    assert document_service.list_documents(session, order) == []

    invoice_service.issue_invoice(session, order.id, step())

    assert [one.total_minor for one in document_service.list_documents(session, order)] == [3590, 1000]


@pytest.mark.usefixtures("at_the_vendor")
def test_each_vendor_and_year_has_its_own_numbers_and_a_rollback_leaves_no_gap(session, shop, make_order):
    order = make_order("paid", key="first")
    with suppress(Interrupted), session.begin_nested():
        make_order("paid", key="lost")
        raise Interrupted
    session.expire_all()
    later = make_order("placed", key="later")
    next_year = step().__class__(NOON.replace(year=2027))
    settlement_service.record_payment(
        session, later.id, PaymentForm(amount_minor=later.due_minor, method="cash"), next_year
    )
    second = make_order("paid", key="second")

    numbers = [
        one.number
        for made in (order, second, later)
        for one in document_service.list_documents(session, made)
    ]
    assert numbers == ["HONEY-2026-00001", "HONEY-2026-00002", "HONEY-2027-00001"]


@pytest.mark.usefixtures("at_the_vendor")
def test_another_vendors_documents_are_not_there(session, shop, make_order):
    (invoice,) = document_service.list_documents(session, make_order("paid"))

    with scoped(session, shop.platform.id, shop.other.id), pytest.raises(DocumentNotFound):
        document_service.get_document(session, invoice.id)


@pytest.mark.usefixtures("at_the_vendor")
def test_goods_that_no_order_sold_are_credited_once_without_an_invoice(session, shop):
    lines = [DocumentLine(title="Babushka", unit_price_minor=335, quantity=2, tax_rate=17, amount_minor=670)]

    def credit():
        return credit_service.issue_free_credit(
            session,
            platform_id=shop.platform.id,
            vendor_id=shop.vendor.id,
            customer_id=None,
            buyer=Party(name="Léa Weber"),
            lines=lines,
            prices_include_tax=True,
            currency="GBP",
            locale="fr",
            reason="Bought before",
            form_key="one",
            at=NOON,
        )

    assert credit().id == credit().id
    assert (credit().order_id, sums(credit())) == (None, (573, 97, 670))


def test_numbers_have_no_gaps_however_many_ask_at_once(app, session, shop, make_order, company):
    orders = [make_order("placed", key=f"order-{count}") for count in range(8)]
    session.commit()
    numbers, faults = [], []

    def issue(order_id, *, fails):
        with app.app_context(), suppress(Interrupted):
            with unit_of_work() as own, scoped(own, shop.platform.id, shop.vendor.id):
                sequence = invoice_service.issue_invoice(own, order_id, step()).sequence
                if fails:
                    faults.append(order_id)
                    raise Interrupted
            numbers.append(sequence)

    for fails, chosen in ((True, orders[::2]), (False, orders)):
        threads = [threading.Thread(target=issue, args=(one.id,), kwargs={"fails": fails}) for one in chosen]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(faults) == len(orders) / 2
    assert sorted(numbers) == list(range(1, 9))


RATES = st.sampled_from([Decimal(3), Decimal(8), Decimal(14), Decimal(17), Decimal(0)])
LINES = st.lists(
    st.builds(SoldLine, RATES, st.integers(1, 9), st.integers(0, 99_999)), min_size=1, max_size=6
)


@given(LINES, st.booleans(), st.randoms(use_true_random=False))
def test_whatever_comes_back_in_whatever_parts_adds_up_to_what_was_sold(lines, includes_tax, random):
    items = [totals_service.Item(line.amount_minor, 1, line.rate) for line in lines]
    totals = totals_service.compute(items, prices_include_tax=includes_tax)
    left = [
        RateGroup(rate=one.rate, net_minor=one.net_minor, tax_minor=one.tax_minor) for one in totals.groups
    ]
    back, total = [0] * len(lines), 0
    pieces = [index for index, line in enumerate(lines) for _piece in range(line.quantity)]
    random.shuffle(pieces)

    while pieces:
        counts = [0] * len(lines)
        for _piece in range(random.randint(1, len(pieces))):
            counts[pieces.pop()] += 1
        worth = credit_shares.value_of(lines, back, counts, prices_include_tax=includes_tax)
        assert credit_shares.fits(worth, left)
        left = credit_shares.left_of(left, worth)
        total += sum(group.gross_minor for group in worth)
        back = [before + more for before, more in zip(back, counts, strict=True)]

    assert total == totals.total_minor
    assert all(group.net_minor == group.tax_minor == 0 for group in left)


@given(
    st.lists(st.tuples(RATES, st.integers(0, 10_000)), min_size=1, max_size=4, unique_by=lambda one: one[0]),
    st.lists(st.integers(1, 5_000), max_size=8),
)
def test_refunds_of_any_sums_never_take_more_of_a_rate_than_is_left(rates, refunds):
    left = [
        RateGroup(rate=rate, net_minor=gross - tax, tax_minor=tax)
        for rate, gross in rates
        for tax in [totals_service.tax_of(gross, rate, is_included=True)]
    ]

    for refund in refunds:
        amount = min(refund, sum(group.gross_minor for group in left))
        part = credit_shares.share(left, amount)
        assert sum(group.gross_minor for group in part) == amount
        assert credit_shares.fits(part, left)
        left = credit_shares.left_of(left, part)

    assert credit_shares.left_of(left, credit_shares.share(left, sum(g.gross_minor for g in left))) == [
        RateGroup(rate=group.rate, net_minor=0, tax_minor=0) for group in left
    ]
    with pytest.raises(ValueError, match="more than"):
        credit_shares.share(left, 10**6)
