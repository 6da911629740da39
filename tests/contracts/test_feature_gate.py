"""What a subscription does not include is closed at every address, and nothing that is open leads there.

Made from the registry and the URL map, so that a new feature or a new page is covered.
"""

import json
from urllib.parse import urljoin, urlsplit

import pytest

from modules.billing.schemas.lifecycle import Interval
from modules.billing.services import subscription_service, tier_service
from tests.contracts.test_access import address_of
from tests.demo_site import Links
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.feature_gate import feature_of
from wizamart.module_system.checks import check_modules
from wizamart.module_system.definition import FrontendType
from wizamart.platforms import scoped

PROBLEM = {"Accept": "application/problem+json"}


@pytest.fixture
def shop(app, factory, client, sign_in):
    """A vendor with every module on and the lowest tier, its owner at the client; the highest tier sells everything."""
    codes = [code for code, module in app.modules.registry.items() if not module.is_core]
    platform = factory.platform("here", modules=codes)
    vendor = factory.vendor(platform, code="shop")
    sign_in(client, factory.user(owner_of=vendor))
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
        lowest, *_between, highest = tier_service.list_tiers(session, platform_id=platform.id)
        highest.features = sorted(sellable())
        subscription_service.start_subscription(
            session, lowest, vendor_id=vendor.id, interval=Interval.MONTH, with_trial=True, at=clock.now()
        )
    return platform


@pytest.fixture
def include(app, shop):
    """Return `include(features)`: the vendor's tier is these, and no other has less than everything."""

    def change(features):
        with app.app_context(), unit_of_work() as session, scoped(session, shop.id):
            lowest, *higher = tier_service.list_tiers(session, platform_id=shop.id)
            lowest.features = sorted(features)
            for tier in higher:
                tier.features = sorted(sellable()) if tier is higher[-1] else sorted(features)

    return change


def sellable():
    return {feature for features in tier_service.sellable_features().values() for feature in features}


def vendor_rules(app):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if app.modules.blueprints.get(rule.endpoint.rpartition(".")[0], ("", None))[1] is FrontendType.VENDOR
    ]


def is_closed(response) -> bool:
    return response.status_code == 403 and json.loads(response.data).get("code") == "feature_closed"


def test_every_feature_that_is_sold_closes_a_page_of_the_vendors_portal(app):
    with app.app_context():
        asked_for = {feature_of(app, rule.endpoint) for rule in vendor_rules(app)}

        assert sellable() <= asked_for


def test_entries_of_the_vendors_menu_name_the_feature_of_their_page_or_none(app):
    strays = [
        (item.id, item.feature)
        for module in app.modules.registry.values()
        for item in module.menu_items.get(FrontendType.VENDOR, ())
        if item.feature not in {None, feature_of(app, item.endpoint)}
    ]

    assert strays == []


def test_the_check_of_modules_names_entries_and_pages_that_belong_to_different_features(app, monkeypatch):
    monkeypatch.setattr(app.blueprints["orders_vendor"], "feature", "gift-cards")

    sentences = {fault.sentence for fault in check_modules(app) if fault.module_code == "orders"}

    assert "view orders_vendor.order_list names the unknown feature 'gift-cards'" in sentences
    assert (
        "menu item 'orders-vendor' names the feature 'orders.management', its page orders_vendor.order_list"
        " 'gift-cards'"
    ) in sentences


def test_pages_of_core_and_of_the_subscription_belong_to_nothing_that_is_sold(app):
    open_to_all = {*app.modules.registry.core_codes, "billing"}
    with app.app_context():
        strays = [
            rule.endpoint
            for rule in vendor_rules(app)
            if app.modules.owner_of_endpoint(rule.endpoint) in open_to_all
            and feature_of(app, rule.endpoint) in sellable()
        ]

    assert strays == []


@pytest.mark.backends("sqlite")
@pytest.mark.slow
def test_a_tier_that_lacks_one_feature_closes_all_its_addresses_and_no_others(app, client, include):
    with app.app_context():
        features = sellable()
    surprises = []
    for lacking in sorted(features):
        include(features - {lacking})
        for rule in vendor_rules(app):
            belongs = feature_of(app, rule.endpoint) == lacking
            # What else can be sent may change the subscription itself; that others stay open is seen by reading.
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if belongs else ("GET",):
                if method not in rule.methods:
                    continue
                response = client.open(address_of(rule), method=method, headers=PROBLEM, buffered=True)
                seen = response.status_code == 403 and response.json["code"] == "feature_closed"
                if seen != belongs or (seen and response.json["tier"] != "Enterprise"):
                    surprises.append(f"{method} {rule.rule} without {lacking}: {response.status_code}")

    assert not surprises, "\n".join(surprises)


@pytest.mark.backends("sqlite")
@pytest.mark.slow
def test_no_open_page_leads_to_a_closed_one(app, client, include):
    with app.app_context():
        features = sellable()
    found = []
    for included in (set(), *(features - {lacking} for lacking in sorted(features))):
        include(included)
        found += [(sorted(features - included), *link) for link in walk_to_closed(client)]

    assert found == []


def walk_to_closed(client):
    """Yield the address of each page that can be walked to from the dashboard with a closed one that it links to."""
    start = "/platforms/here/vendor/shop/"
    waiting, seen = [("", start), ("", f"{start}search?q=o")], {start}
    while waiting:
        origin, address = waiting.pop()
        response = client.get(address, buffered=True)
        if response.status_code == 403:
            yield origin, address
        if response.mimetype != "text/html":
            continue
        page = Links()
        page.feed(response.text)
        targets = {urlsplit(urljoin(address, link)).path for link in page.found} - seen
        waiting += [(address, target) for target in targets if target.startswith(start)]
        seen |= targets
    assert len(seen) > 10


@pytest.mark.slow
def test_admins_and_the_shop_do_not_notice_what_a_tier_lacks(
    app, factory, make_client, sign_in, shop, include
):
    include(set())
    admin, customer = make_client(), make_client()
    sign_in(admin, factory.user(admin_of=shop))

    for path in ("/admin/orders", "/admin/products", "/admin/locations", "/admin/analytics/sales"):
        assert admin.get(f"/platforms/here{path}").status_code == 200, path
    for path in ("/vendors/shop/", "/vendors/shop/catalogue", "/vendors/shop/cart"):
        assert customer.get(f"/platforms/here{path}").status_code == 200, path
