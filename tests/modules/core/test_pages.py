"""Every page of core, as different people see it."""

import pytest

ADMIN_PAGES = [
    "/admin/",
    "/admin/modules",
    "/admin/modules/core",
    "/admin/modules/plan",
    "/admin/modules/history",
    "/admin/modules/history/export",
    "/admin/modules/health",
    "/admin/menu",
    "/admin/menu?for=admin",
    "/admin/menu?for=vendor",
    "/admin/menu/badges",
    "/admin/notifications",
    "/admin/settings",
    "/admin/profile",
    "/admin/search?q=mod",
    "/admin/platforms/switch",
]
VENDOR_PAGES = ["/vendor/acme/", "/vendor/acme/profile", "/vendor/acme/menu", "/vendor/acme/search?q=x"]


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_pages_open_for_a_super_admin(client, super_admin, path):
    with client.get(path) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_pages_do_not_exist_for_people_of_a_vendor(client, owner, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", VENDOR_PAGES)
def test_vendor_pages_open_for_its_owner(client, owner, path):
    assert client.get(path).status_code == 200


def test_storefront_says_so_when_it_has_nothing_yet(client, platform):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "Shop of Esch" in answer.text


def test_people_without_a_role_have_a_profile_in_the_shop(client, platform, make_user, sign_in):
    sign_in(client, make_user("customer@wizamart.test"))

    assert client.get("/account/profile").status_code == 200
    assert client.get("/admin/profile").status_code == 404


def test_the_modules_page_names_its_platform_and_says_that_data_stays(client, super_admin):
    page = client.get("/admin/modules").text

    assert "Modules of Shop of Esch" in page
    assert "Turning off keeps your data" in page


def test_the_modules_page_costs_six_queries_at_most(client, platform_admin, count_queries):
    client.get("/admin/modules")

    with count_queries() as queries:
        client.get("/admin/modules?search=pay&state=off&tier=optional")

    assert len(queries) <= 6, str(queries)


def test_the_dashboard_costs_no_query_of_its_own_beyond_the_frame(client, super_admin, count_queries):
    client.get("/admin/profile")

    with count_queries() as queries:
        client.get("/admin/settings")

    assert len(queries) <= 5, str(queries)


def test_the_switcher_shows_only_platforms_with_a_role(client, platform_admin, make_platform):
    make_platform("secret", name="Secret platform")

    page = client.get("/admin/platforms/switch").text

    assert "Shop of Esch" in page
    assert "Secret platform" not in page


def test_a_super_admin_searches_all_platforms(client, super_admin, make_platform):
    make_platform("fleamarket", name="Flea market")

    page = client.get("/admin/platforms/switch?search=flea").text

    assert "/platforms/fleamarket/admin/" in page
    assert "/platforms/shop/admin/" not in page
