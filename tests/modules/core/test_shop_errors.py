"""What goes wrong in the shop is said in the shop: its head, its navigation, and a way on."""

import pytest

from wizamart.exceptions import NotAllowed, TooManyRequests, Unavailable
from wizamart.permissions import public

HEAD, PLAIN = '<header class="wz-shop-head">', '<div class="wz-center">'
FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def shop(factory):
    """Return a platform that sells."""
    return factory.platform("here", name="Atelier", modules=["cms", "customers", "inventory"])


@pytest.fixture
def fail(app, monkeypatch):
    """Return `fail(error)`: the shop's first page raises it from now on."""

    def break_home(error):
        @public
        def broken():
            raise error

        monkeypatch.setitem(app.view_functions, "core_storefront.home", broken)

    return break_home


def test_a_missing_page_stands_in_the_shop_and_offers_to_search(shop, client):
    answer = client.get("/platforms/here/no-such-page", headers=FRENCH)

    assert answer.status_code == 404
    assert HEAD in answer.text
    assert "Page introuvable" in answer.text
    assert answer.text.count('action="/platforms/here/catalogue"') == 2
    assert 'rel="canonical"' not in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text


def test_a_missing_page_of_a_vendors_shop_stands_in_its_shop(shop, factory, client):
    factory.vendor(shop, code="moselle", name="Maison Moselle")

    answer = client.get("/platforms/here/vendors/moselle/no-such-page")

    assert answer.status_code == 404
    assert "Page not found · Maison Moselle" in answer.text
    assert 'href="/platforms/here/vendors/moselle/catalogue"' in answer.text


def test_a_shop_without_products_offers_no_search(factory, client):
    factory.platform("here", modules=["cms"])

    answer = client.get("/platforms/here/no-such-page")

    assert HEAD in answer.text
    assert 'type="search"' not in answer.text


@pytest.mark.parametrize("address", ["/admin/no-such-page", "/vendor/no-such-vendor/orders"])
def test_what_is_missing_in_a_portal_is_no_matter_of_the_shop(shop, client, address):
    answer = client.get(f"/platforms/here{address}")

    assert PLAIN in answer.text
    assert HEAD not in answer.text


def test_an_address_that_only_begins_like_a_portals_is_one_of_the_shop(shop, client):
    assert HEAD in client.get("/platforms/here/administration").text


@pytest.mark.parametrize(
    ("error", "status", "way_on"),
    [
        (NotAllowed(), 403, "Back to the shop"),
        (TooManyRequests(retry_after=30), 429, 'href="">Try again'),
        (RuntimeError("broken"), 500, "Tell support this reference:"),
        (Unavailable(), 503, 'href="">Try again'),
    ],
)
def test_every_failure_of_a_page_is_told_in_the_shop(shop, client, fail, error, status, way_on):
    fail(error)

    answer = client.get("/platforms/here/")

    assert answer.status_code == status
    assert HEAD in answer.text
    assert way_on in answer.text
    assert 'rel="canonical"' not in answer.text


def test_an_expired_form_leads_back_to_its_page(app, shop, client):
    client.environ_base.pop("HTTP_X_CSRFTOKEN", None)
    page = "http://localhost/platforms/here/account/register"

    ours = client.post("/platforms/here/account/register", headers={"Referer": page})
    foreign = client.post("/platforms/here/account/register", headers={"Referer": "http://evil.test/"})

    assert ours.status_code == foreign.status_code == 400
    assert f'href="{page}">Try again' in ours.text
    assert 'href="/platforms/here/">Try again' in foreign.text


def test_a_frame_that_cannot_be_made_leaves_the_plain_page(app, shop, client, monkeypatch):
    def broken(_session):
        raise RuntimeError

    monkeypatch.setattr("wizamart.web.errors.enter_tenant", broken)

    answer = client.get("/platforms/here/no-such-page")

    assert answer.status_code == 404
    assert PLAIN in answer.text
