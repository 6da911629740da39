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


@pytest.fixture
def platform(make_platform):
    return make_platform("shop", name="Shop of Esch")


@pytest.fixture
def super_admin(platform, make_user, client, sign_in):
    user = make_user("super@wizamart.test", is_super_admin=True)
    sign_in(client, user)
    return user


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_pages_open_for_a_super_admin(client, super_admin, path):
    with client.get(path) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/vendor/acme/", "/vendor/acme/profile", "/vendor/acme/menu", "/vendor/acme/search?q=x"])
def test_vendor_pages_open_for_its_owner(client, platform, make_vendor, make_user, sign_in, path):
    vendor = make_vendor(platform, code="acme")
    sign_in(client, make_user(owner_of=vendor))

    with client.get(path) as answer:
        assert answer.status_code == 200


def test_storefront_says_so_when_it_has_nothing_yet(client, platform):
    answer = client.get("/")

    assert answer.status_code == 200
    assert b"Shop of Esch" in answer.data
