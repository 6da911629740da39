"""The pages of billing, as admins and vendors see them."""

import pytest
import sqlalchemy as sa

from modules.billing import demo
from modules.billing.models.invoice import Invoice
from modules.billing.models.subscription import Subscription
from modules.billing.models.tier import FeatureOverride, Tier
from modules.billing.schemas.lifecycle import Interval, SubscriptionStatus
from modules.billing.services import subscription_service, tier_service
from tests.modules.billing.conftest import NOON
from wizamart import clock


@pytest.fixture
def admin(client, make_user, sign_in, platform):
    sign_in(client, make_user(admin_of=platform))
    client.base = f"/platforms/{platform.code}/admin"
    return client


@pytest.fixture
def owner(make_client, make_user, sign_in, platform, vendor):
    client = make_client()
    sign_in(client, make_user(owner_of=vendor))
    client.base = f"/platforms/{platform.code}/vendor/{vendor.code}"
    return client


@pytest.fixture
def make_subscription(in_scope, tiers):
    """Return `make_subscription(vendor, tier="essential", with_trial=False)`, which commits and returns the id."""

    def make(vendor, tier="essential", *, with_trial=False):
        with in_scope() as session:
            return subscription_service.start_subscription(
                session,
                tier_service.get_tier(session, tiers[tier].id),
                vendor_id=vendor.id,
                interval=Interval.MONTH,
                with_trial=with_trial,
                at=clock.now(),
            ).id

    return make


def test_an_admin_sees_the_tiers_and_changes_one(admin, tiers, in_scope):
    assert "Professional" in admin.get(f"{admin.base}/subscription-tiers").text
    url = f"{admin.base}/subscription-tiers/{tiers['professional'].id}"
    assert admin.get(url).status_code == 200

    answer = admin.post(
        url,
        data={
            "name": "Pro",
            "code": "professional",
            "rank": "2",
            "price_month": "79,50",
            "price_year": "795",
            "is_offered": "true",
            "limits.products": "500",
        },
    )

    assert answer.status_code == 303
    with in_scope(read_only=True) as session:
        tier = session.get_one(Tier, tiers["professional"].id)
        assert (tier.name, tier.price_month, tier.limits) == ("Pro", 7950, {"products": 500})


def test_a_code_that_is_taken_is_told_at_its_field(admin, tiers):
    data = {"name": "Other", "code": "business", "rank": "9", "price_month": "1", "price_year": "1"}

    answer = admin.post(f"{admin.base}/subscription-tiers", data=data)

    assert answer.status_code == 422
    assert "Another tier has this code." in answer.text
    assert 'id="field-code-errors"' in answer.text


def test_an_admin_subscribes_a_vendor_gives_a_feature_and_cancels(
    admin, tiers, vendor, in_scope, monkeypatch
):
    monkeypatch.setattr(tier_service, "sellable_features", lambda: {"payments": ("something_new",)})
    made = admin.post(
        f"{admin.base}/subscriptions",
        data={
            "vendor_id": vendor.id,
            "tier_id": tiers["business"].id,
            "interval": "year",
            "with_trial": "true",
        },
    )
    assert made.status_code == 303
    assert "Trial" in admin.get(made.location).text

    given = admin.post(f"{made.location}/features", data={"feature": "something_new", "reason": "Promised"})
    assert given.status_code == 303
    assert "Promised" in admin.get(made.location).text
    assert admin.post(f"{made.location}/features/something_new/deletion").status_code == 303
    assert admin.post(f"{made.location}/cancellation", data={"when": "now"}).status_code == 303

    with in_scope(read_only=True) as session:
        assert session.scalars(sa.select(Subscription.status)).all() == [SubscriptionStatus.CANCELLED]
        assert session.scalar(sa.select(sa.func.count()).select_from(FeatureOverride)) == 0


def test_a_second_subscription_is_refused_on_the_form(admin, tiers, vendor, make_subscription):
    make_subscription(vendor)

    answer = admin.post(
        f"{admin.base}/subscriptions",
        data={"vendor_id": vendor.id, "tier_id": tiers["business"].id, "interval": "month"},
    )

    assert answer.status_code == 422
    assert "has a subscription already" in answer.text


def test_a_vendor_subscribes_looks_at_the_price_of_a_change_and_changes(owner, tiers, vendor, in_scope):
    page = owner.get(f"{owner.base}/billing")
    assert "Subscribe to Essential" in page.text
    choice = {"tier_id": tiers["essential"].id, "interval": "month"}
    assert owner.post(f"{owner.base}/billing", data=choice).status_code == 303
    assert "Trial" in owner.get(f"{owner.base}/billing").text

    other = {"tier_id": tiers["business"].id, "interval": "year"}
    preview = owner.get(f"{owner.base}/billing/change", query_string=other)
    assert "Nothing is to pay during the trial" in preview.text
    with in_scope(read_only=True) as session:
        assert session.scalars(sa.select(Subscription.tier_id)).all() == [tiers["essential"].id]

    assert owner.post(f"{owner.base}/billing/change", data=other).status_code == 303
    with in_scope(read_only=True) as session:
        assert session.scalars(sa.select(Subscription.tier_id)).all() == [tiers["business"].id]


def test_a_change_shows_what_it_costs_before_it_is_made(owner, tiers, vendor, make_subscription, in_scope):
    make_subscription(vendor)
    choice = {"tier_id": tiers["professional"].id, "interval": "year"}

    preview = owner.get(f"{owner.base}/billing/change", query_string=choice)

    assert "€790.00" in preview.text
    assert "€761.00" in preview.text
    owner.post(f"{owner.base}/billing/change", data=choice)
    with in_scope(read_only=True) as session:
        assert session.scalars(sa.select(Invoice.net_minor).order_by(Invoice.id)).all() == [2900, 76_100]


def test_a_vendor_cancels_and_keeps(owner, vendor, make_subscription):
    make_subscription(vendor)
    url = f"{owner.base}/billing/cancellation"

    owner.post(url, data={"when": "end"})
    assert "Your subscription ends on" in owner.get(f"{owner.base}/billing").text
    owner.post(url, data={"when": "never"})
    assert "Your subscription ends on" not in owner.get(f"{owner.base}/billing").text


@pytest.mark.parametrize(
    "choice", [{"tier_id": ""}, {"tier_id": "x", "interval": "month"}, {"tier_id": "1", "interval": "day"}]
)
def test_a_choice_that_makes_no_sense_is_refused(owner, vendor, make_subscription, choice):
    make_subscription(vendor)

    assert owner.get(f"{owner.base}/billing/change", query_string=choice).status_code == 400


def test_a_vendor_sees_its_own_invoices_only(
    owner, vendor, make_subscription, make_vendor, platform, in_scope
):
    make_subscription(vendor)
    other = make_vendor(platform)
    make_subscription(other)
    with in_scope(read_only=True) as session:
        ids = dict(session.execute(sa.select(Invoice.vendor_id, Invoice.id)).all())

    page = owner.get(f"{owner.base}/invoices")

    assert "INV-" in page.text
    assert page.text.count('id="invoice-') == 1
    assert "Seller S.A." in owner.get(f"{owner.base}/invoices/{ids[vendor.id]}").text
    assert owner.get(f"{owner.base}/invoices/{ids[other.id]}").status_code == 404


def test_an_admin_writes_down_a_payment_and_credits(admin, vendor, make_subscription, in_scope):
    make_subscription(vendor)
    with in_scope(read_only=True) as session:
        invoice_id = session.scalar(sa.select(Invoice.id))
    url = f"{admin.base}/billing-invoices/{invoice_id}"
    assert admin.post(f"{url}/settlement", data={"paid_on": "tomorrow"}).status_code == 422

    assert (
        admin.post(f"{url}/settlement", data={"paid_on": "2026-05-20", "reference": "SEPA 1"}).status_code
        == 303
    )
    assert "SEPA 1" in admin.get(url).text
    assert admin.post(f"{url}/settlement", data={"paid_on": "2026-05-20"}).status_code == 409
    note = admin.post(f"{url}/credit-note")
    assert "CN-" in admin.get(note.location).text
    assert "Credited" in admin.get(f"{admin.base}/billing-invoices").text
    assert admin.post(f"{url}/credit-note").status_code == 409


def test_invoices_are_filtered_and_exported(admin, vendor, make_subscription):
    make_subscription(vendor)

    assert "Nothing matches" in admin.get(f"{admin.base}/billing-invoices?status=paid").text
    with admin.get(f"{admin.base}/billing-invoices.csv?status=open") as answer:
        assert "Bakery" in answer.text


def test_the_lists_ask_no_more_for_many_rows_than_for_one(
    admin, vendor, make_subscription, make_vendor, platform, count_queries
):
    make_subscription(vendor)
    pages = [f"{admin.base}/subscriptions", f"{admin.base}/billing-invoices"]
    with count_queries() as few:
        for page in pages:
            admin.get(page)
    for _ in range(3):
        make_subscription(make_vendor(platform))

    with count_queries() as many:
        for page in pages:
            admin.get(page)

    assert len(many) == len(few), many


def test_who_comes_to_a_change_without_a_choice_is_led_to_where_it_is_made(
    admin, owner, tiers, vendor, make_subscription
):
    subscription_id = make_subscription(vendor)
    url = f"{admin.base}/subscriptions/{subscription_id}"

    assert owner.get(f"{owner.base}/billing/change").location.endswith(f"{owner.base}/billing")
    assert admin.get(f"{url}/change").location.endswith(url)


def test_staff_may_look_at_the_subscription_but_not_change_it(
    make_client, make_user, sign_in, platform, vendor, make_subscription
):
    make_subscription(vendor)
    client = make_client()
    sign_in(client, make_user(staff_of=vendor))
    base = f"/platforms/{platform.code}/vendor/{vendor.code}/billing"

    assert client.get(base).status_code == 200
    assert client.post(f"{base}/cancellation").status_code == 403


def test_demo_data_is_written_once(in_scope, platform, vendor):
    for _run in range(2):
        with in_scope() as session:
            demo.create(session, platform_id=platform.id, vendor_ids=[vendor.id], at=NOON)

    with in_scope() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Subscription)) == 1
        assert len(session.scalars(sa.select(Invoice)).all()) == 3
