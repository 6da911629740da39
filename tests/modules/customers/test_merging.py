"""Making one customer of two."""

import re
import threading

import pytest
import sqlalchemy as sa

from modules.customers.exceptions import MergeOfTwoAccounts, MergeTooLate, MergeWithSelf
from modules.customers.models.customer import Customer
from modules.customers.schemas.customer import AddressForm
from modules.customers.schemas.likeness import Likeness
from modules.customers.services import (
    customer_service,
    match_service,
    merge_service,
    privacy_service,
    record_service,
)
from wizamart.audit import AuditEntry

from .conftest import HOME, NOON


def _merge(session, platform, kept_id, gone_id):
    return merge_service.merge(
        session, platform_id=platform.id, kept_id=kept_id, gone_id=gone_id, actor_id=None, at=NOON
    )


def test_everything_of_the_one_who_goes_becomes_the_others(
    within, make_platform, make_vendor, make_customer, make_order
):
    platform = make_platform(modules=["orders"])
    one, other = make_vendor(platform), make_vendor(platform)
    kept_id = make_customer(platform, tags=["VIP", "B2B"], vendors=[one])
    away = AddressForm(**{**HOME, "line1": "9, op der Knupp"})
    gone_id = make_customer(
        platform,
        "jos+shop@example.com",
        tags=["VIP", "Late"],
        phone="+352 621 555 014",
        marketing_consent=True,
        addresses=[AddressForm(**HOME), away],
        vendors=[one, other],
    )
    order_id = make_order(platform, other, gone_id, paid=100)
    with within(platform) as session:
        gone = customer_service.get_customer(session, gone_id)
        record_service.add_note(session, gone, text="Tea", author_id=None, author_name="Ann", at=NOON)
    with within(platform) as session:
        seen = merge_service.preview(session, kept_id=kept_id, gone_id=gone_id)
        assert (seen.tags, len(seen.addresses), seen.consents_to_news) == (("B2B", "Late", "VIP"), 2, True)

    with within(platform, one) as session:  # from a vendor's shop, where only a part is seen
        _merge(session, platform, kept_id, gone_id)

    from modules.orders.models.order import Order

    with within(platform) as session:
        kept = customer_service.get_customer(session, kept_id)
        assert (kept.email, kept.phone, kept.marketing_consent) == (
            "jos@example.com",
            "+352 621 555 014",
            True,
        )
        assert [address.line1 for address in kept.addresses] == ["4, rue de la Gare", "9, op der Knupp"]
        assert record_service.tags_of(session, [kept_id])[kept_id] == ["B2B", "Late", "VIP"]
        assert [note.text for note in record_service.list_notes(session, kept)] == ["Tea"]
        assert len(record_service.list_consents(session, kept)) == 1
        assert customer_service.find_customer(session, kept_id, vendor_id=other.id) is not None
        gone = customer_service.get_customer(session, gone_id)
        assert (gone.name, gone.email, gone.merged_into_id, gone.is_gone) == ("", None, kept_id, True)
        assert customer_service.count_customers(session) == 1
        assert session.get(Order, order_id).customer_id == kept_id
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "customers.merge")).one()
        assert "example.com" not in f"{entry.before}{entry.after}{entry.note}"


def test_what_cannot_be_merged_says_why(within, make_platform, make_customer, make_user):
    platform = make_platform()
    ids = [make_customer(platform, f"{number}@example.com") for number in range(3)]
    with within(platform) as session:
        for customer_id in ids[:2]:
            customer_service.get_customer(session, customer_id).user_id = make_user().id

    with within(platform) as session:
        with pytest.raises(MergeWithSelf):
            _merge(session, platform, ids[0], ids[0])
        with pytest.raises(MergeOfTwoAccounts):
            _merge(session, platform, ids[0], ids[1])
        assert merge_service.preview(session, kept_id=ids[0], gone_id=ids[1]).refusal
        _merge(session, platform, ids[2], ids[0])
        with pytest.raises(MergeTooLate):
            _merge(session, platform, ids[2], ids[0])
    with within(platform) as session:
        assert customer_service.get_customer(session, ids[2]).user_id is not None


def test_of_two_who_merge_the_same_pair_one_is_told_that_it_was_done(
    app, within, make_platform, make_customer
):
    platform = make_platform()
    first, second = make_customer(platform), make_customer(platform, "other@example.com")
    barrier, answers = threading.Barrier(2), []

    def work(kept_id, gone_id):
        try:
            with within(platform) as session:
                barrier.wait()
                _merge(session, platform, kept_id, gone_id)
            answers.append("merged")
        except MergeTooLate:
            answers.append("too late")

    threads = [threading.Thread(target=work, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["merged", "too late"]
    with within(platform) as session:
        assert (
            len(session.scalars(sa.select(Customer.id).where(Customer.merged_into_id.is_(None))).all()) == 1
        )


def test_pairs_are_suggested_by_what_they_share_until_somebody_says_no(
    within, make_platform, make_customer, count_queries
):
    platform, elsewhere = make_platform(), make_platform()
    make_customer(elsewhere, "jos+x@example.com", phone="621 555 014")
    jos = make_customer(platform, phone="+352 621 555 014")
    other = make_customer(platform, "jos+shop@example.com", name="J. Weber", phone="621555014", addresses=[])
    namesake = make_customer(platform, "weber@example.com", name="Weber Jos")
    for number in range(8):
        make_customer(
            platform, f"office{number}@example.com", name=f"N{number}", phone="+352 22 33 44 55", addresses=[]
        )

    with within(platform) as session:
        with count_queries() as queries:
            found = match_service.list_suggestions(session, limit=10)
        pairs = [(one.first.id, one.second.id, one.reasons) for one in found]
        assert pairs == [
            (jos, other, (Likeness.EMAIL, Likeness.PHONE)),
            (jos, namesake, (Likeness.PLACE,)),
        ]
        assert len(queries) <= 4, str(queries)
        assert match_service.count_suggestions(session) == 2
        match_service.dismiss(session, found[0].second, found[0].first, actor_id=None, at=NOON)
        match_service.dismiss(session, found[0].first, found[0].second, actor_id=None, at=NOON)
        session.flush()
        assert match_service.count_suggestions(session) == 1


def test_a_merge_is_told_again_to_modules_that_were_off(
    within, make_platform, make_vendor, make_customer, make_order
):
    from modules.orders.models.order import Order

    platform = make_platform()
    vendor = make_vendor(platform)
    kept_id, gone_id = make_customer(platform), make_customer(platform, "other@example.com")
    order_id = make_order(platform, vendor, gone_id)
    with within(platform) as session:
        _merge(session, platform, kept_id, gone_id)
        assert session.get(Order, order_id).customer_id == gone_id

    from wizamart.module_system import service as module_service

    with within(platform) as session:
        module_service.enable_module(session, platform.id, "orders")
    with within(platform) as session:
        assert merge_service.tell_again(session) == 1
    with within(platform) as session:
        assert session.get(Order, order_id).customer_id == kept_id


@pytest.mark.backends("sqlite")
def test_the_pages_suggest_compare_merge_and_lead_on(
    client, make_platform, make_user, sign_in, make_customer, make_vendor
):
    platform = make_platform()
    kept, gone = make_customer(platform), make_customer(platform, "jos+shop@example.com", name="J. Weber")
    stranger = make_customer(make_platform())
    sign_in(client, make_user(admin_of=platform))

    page = client.get("/admin/customer-duplicates").text
    assert "Same mailbox" in page
    assert "/merging/" in client.get(f"/admin/customers/{kept}/merging?search=J.").text
    assert "jos+shop@example.com" in client.get(f"/admin/customers/{kept}/merging/{gone}").text
    assert client.get(f"/admin/customers/{kept}/merging/{stranger}").status_code == 404
    assert client.post(f"/admin/customers/{kept}/merging/{stranger}").status_code == 404
    assert client.post(f"/admin/customers/{kept}/distinction/{stranger}").status_code == 404

    answer = client.post(f"/admin/customers/{kept}/merging/{gone}")

    assert re.search(rf"/customers/{kept}$", answer.location)
    assert client.get(f"/admin/customers/{gone}").location.endswith(f"/customers/{kept}")
    assert client.post(f"/admin/customers/{kept}/merging/{gone}").status_code == 409
    assert "No duplicates" in client.get("/admin/customer-duplicates").text
    vendor = make_vendor(platform)
    sign_in(client, make_user(owner_of=vendor))
    assert client.get(f"/vendor/{vendor.code}/customer-duplicates").status_code == 404


def test_payments_follow_their_customer_and_forget_the_person(
    within, make_platform, make_vendor, make_customer
):
    from modules.payments.models.payment import Payment

    platform = make_platform(modules=["payments"])
    vendor = make_vendor(platform)
    kept_id, gone_id = make_customer(platform), make_customer(platform, "other@example.com")
    with within(platform, vendor) as session:
        payment = Payment(
            gateway="test",
            gateway_name="Test",
            account_name="Test",
            is_live=False,
            method="card",
            amount_minor=500,
            currency="EUR",
            reference="T-1",
            customer_id=gone_id,
            customer_email="other@example.com",
            idempotency_key="key",
            token="token",
            created_at=NOON,
        )
        session.add(payment)
        session.flush()
        payment_id = payment.id

    with within(platform, vendor) as session:
        _merge(session, platform, kept_id, gone_id)
    with within(platform) as session:
        kept = customer_service.get_customer(session, kept_id)
        assert session.get(Payment, payment_id).customer_id == kept_id
        told = privacy_service.export_person(session, kept, platform_id=platform.id)["modules"]["payments"][
            "payments"
        ]
        assert [row["amount_minor"] for row in told] == [500]
        privacy_service.anonymise(session, kept, actor_id=None, at=NOON)
    with within(platform) as session:
        payment = session.get(Payment, payment_id)
        assert (payment.customer_id, payment.customer_email) == (kept_id, "")
