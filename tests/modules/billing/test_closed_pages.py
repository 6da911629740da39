"""The page of a closed gate: which tier opens it, where that is chosen, and that nothing was done."""

import pytest
import sqlalchemy as sa

from modules.billing.models.tier import Tier
from modules.billing.schemas.lifecycle import Interval
from modules.billing.services import subscription_service
from modules.inventory.models.product import Product
from modules.inventory.models.stock import Location
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.module_system import service as module_service
from wizamart.permissions import Role, RoleAssignment
from wizamart.platforms import scoped


@pytest.fixture
def platform(platform, app):
    with app.app_context(), unit_of_work() as session:
        module_service.enable_module(session, platform.id, "inventory")
    return platform


@pytest.fixture
def sell(in_scope, tiers, vendor):
    """Return `sell(features)`: the vendor's tier, the lowest, is these, and the one above it has all others, too."""
    with in_scope() as session:
        subscription_service.start_subscription(
            session,
            session.get_one(Tier, tiers["essential"].id),
            vendor_id=vendor.id,
            interval=Interval.MONTH,
            with_trial=True,
            at=clock.now(),
        )

    def change(*features):
        with in_scope() as session:
            session.get_one(Tier, tiers["essential"].id).features = list(features)

    return change


@pytest.fixture
def owner(client, make_user, sign_in, vendor):
    sign_in(client, make_user(owner_of=vendor))
    return client


BASE = "/platforms/shops/vendor/bakery"
PRODUCT = {"title": "Bread", "currency": "EUR", "vat_rate": "3", "price": "2.50", "status": "draft"}


def count(in_scope, vendor, model):
    with (
        in_scope() as session,
        scoped(session, vendor_id=vendor.id, platform_id=session.info["scope"].platform_id),
    ):
        return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_closed_page_names_the_tier_that_opens_it_and_leads_to_the_subscription(owner, sell):
    sell("inventory.catalogue")

    page = owner.get(f"{BASE}/locations")

    assert page.status_code == 403
    assert "Not part of your subscription" in page.text
    assert "Professional" in page.text
    assert f'href="{BASE}/billing"' in page.text
    assert 'class="wz-nav"' in page.text  # the menu stays: nobody is stranded there
    assert owner.get(f"{BASE}/billing").status_code == 200


def test_what_no_tier_on_offer_opens_is_not_promised_by_one(owner, sell, in_scope):
    sell("inventory.catalogue")
    with in_scope() as session:
        for tier in session.scalars(sa.select(Tier).where(Tier.code != "essential")):
            tier.is_offered = False

    page = owner.get(f"{BASE}/locations")

    assert page.status_code == 403
    assert "Your subscription does not include this feature." in page.text


def test_staff_who_may_not_see_the_subscription_are_not_led_there(
    app, make_client, make_user, sign_in, vendor, sell
):
    sell("inventory.catalogue")
    clerk, client = make_user(), make_client()
    with app.app_context(), unit_of_work() as session:
        role = Role(
            kind="vendor",
            code="clerk",
            name="Clerk",
            permissions=["inventory:location:read"],
            vendor_id=vendor.id,
        )
        session.add(role)
        session.flush()
        session.add(RoleAssignment(user_id=clerk.id, role_id=role.id, vendor_id=vendor.id))
    sign_in(client, clerk)

    page = client.get(f"{BASE}/locations")

    assert page.status_code == 403
    assert "Professional" in page.text
    assert "/billing" not in page.text


def test_what_is_sent_to_a_closed_page_changes_nothing(owner, sell, in_scope, vendor):
    sell()

    answer = owner.post(f"{BASE}/products", data=PRODUCT)

    assert answer.status_code == 403
    assert count(in_scope, vendor, Product) == 0


def test_menu_palette_and_dashboard_do_not_lead_to_what_is_closed(owner, sell):
    sell("inventory.catalogue")
    assert f'{BASE}/products"' in owner.get(f"{BASE}/").text

    sell()

    assert f"{BASE}/products" not in owner.get(f"{BASE}/").text
    assert f"{BASE}/products" not in owner.get(f"{BASE}/search?q=products").text
    assert f"{BASE}/stock-takes" not in owner.get(f"{BASE}/").text


def test_a_vendor_without_further_locations_says_once_where_its_goods_lie(owner, sell, in_scope, vendor):
    sell("inventory.catalogue")
    place = {"name": "Bakehouse", "kind": "warehouse", "country": "LU"}
    assert owner.get(f"{BASE}/locations/new").status_code == 200

    made = owner.post(f"{BASE}/locations", data=place)
    another = owner.post(f"{BASE}/locations", data={**place, "name": "Second bakehouse"})

    assert (made.status_code, made.location) == (303, f"{BASE}/products")
    assert another.status_code == 403
    assert owner.get(f"{BASE}/locations/new").status_code == 403
    assert count(in_scope, vendor, Location) == 1
