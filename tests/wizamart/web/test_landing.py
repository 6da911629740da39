"""After signing in people stand in the portal they work in."""

import pytest

PASSWORD = "a long enough passphrase"


@pytest.fixture
def land(make_client, make_user):
    def sign_in(url="/platforms/here/login", **role):
        person, client = make_user(password=PASSWORD, **role), make_client()
        page = client.get(url)
        token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        response = client.post(url, data={"csrf_token": token, "email": person.email, "password": PASSWORD})
        assert response.status_code in {302, 303}, response.text
        return response.location

    return sign_in


def test_each_role_lands_in_its_portal(land, make_platform, make_vendor):
    here = make_platform("here")
    vendor = make_vendor(here, code="shop")

    assert land(is_super_admin=True) == "/platforms/here/admin/"
    assert land(admin_of=here) == "/platforms/here/admin/"
    assert land(owner_of=vendor) == "/platforms/here/vendor/shop/"
    assert land() == "/platforms/here/"


def test_whoever_works_elsewhere_lands_there(land, make_platform, make_vendor):
    make_platform("here")
    there = make_platform("there")

    assert land(admin_of=there) == "/platforms/there/admin/"
    assert land(staff_of=make_vendor(there, code="shop")) == "/platforms/there/vendor/shop/"


def test_a_suspended_vendor_has_no_portal_to_land_in(land, make_platform, make_vendor):
    here = make_platform("here")

    assert land(owner_of=make_vendor(here, code="shop", status="suspended")) == "/platforms/here/"
