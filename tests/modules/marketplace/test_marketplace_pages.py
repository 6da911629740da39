import re

import pytest
import sqlalchemy as sa

from modules.marketplace.services import connection_service
from tests.modules.marketplace.conftest import URL, fetch

PAGES = f"{URL}/vendor/honey/marketplace"


def test_without_a_connection_the_page_offers_one(owner, market):
    page = owner.get(PAGES)

    assert page.status_code == 200
    assert "Connect Letzshop" in page.text


def test_connecting_twice_makes_one_connection(owner, market, in_shop):
    for _click in range(2):
        assert owner.post(PAGES).status_code == 303

    assert in_shop(connection_service.count_connections) == 1
    assert "/marketplace-feeds/" in owner.get(PAGES).text


def test_the_key_is_encrypted_and_never_shown_again(owner, feed_urls, in_shop):
    form = {"is_enabled": "true", "locales": ["fr"], "brand": "Honey", "api_key": "s3cret-key"}
    assert owner.post(f"{PAGES}/connection", data=form).status_code == 303
    owner.post(f"{PAGES}/connection", data=form | {"api_key": ""})

    stored = in_shop(
        lambda session: session.execute(sa.text("SELECT api_key FROM marketplace_connections")).scalar()
    )
    assert stored
    assert "s3cret" not in stored
    assert in_shop(lambda session: connection_service.get_connection(session).api_key) == "s3cret-key"
    assert "s3cret" not in owner.get(f"{PAGES}/connection").text + owner.get(PAGES).text


def test_a_feed_needs_a_language(owner, feed_urls):
    answer = owner.post(f"{PAGES}/connection", data={"is_enabled": "true", "brand": ""})

    assert answer.status_code == 422


def test_switched_off_the_feed_is_gone(owner, feed_urls, make_client):
    owner.post(f"{PAGES}/connection", data={"locales": ["fr"], "brand": "Honey"})

    assert make_client().get(feed_urls["fr"]).status_code == 404


def test_problems_lead_to_the_product_and_its_text_mends_them(owner, feed_urls, make_product, make_client):
    product_id = make_product(variant={"gtin": ""})

    page = owner.get(f"{PAGES}/problems/fr").text
    assert "The GTIN is missing" in page
    assert f"/marketplace/products/{product_id}/fr" in page

    url = f"{PAGES}/products/{product_id}/fr"
    assert "There is no text in this language" in owner.get(url).text
    assert owner.post(url, data={"title": "Miel", "description": "Du Mullerthal"}).status_code == 303
    assert "There is no text in this language" not in owner.get(url).text
    assert fetch(make_client(), feed_urls["fr"])[2][0]["title"] == "Miel"
    owner.post(url, data={"title": "", "description": ""})
    assert fetch(make_client(), feed_urls["fr"])[2][0]["title"] == "Acacia honey"


def test_the_preview_shows_the_lines_as_they_are_sent(owner, feed_urls, make_product):
    make_product()

    page = owner.get(f"{PAGES}/preview/fr").text

    assert re.search(r"<td>\s*8.95 EUR", page)


def test_another_vendors_product_is_not_found(owner, feed_urls, make_product, market):
    product_id = make_product(vendor=market.other)

    assert owner.get(f"{PAGES}/products/{product_id}/fr").status_code == 404
    assert owner.post(f"{PAGES}/products/{product_id}/fr", data={"title": "x"}).status_code == 404


def test_staff_reads_the_state_of_the_feeds(market, feed_urls, make_client, factory, sign_in):
    client = make_client()
    sign_in(client, factory.user(staff_of=market.vendor))

    assert client.get(PAGES).status_code == 200
    assert client.get(f"{PAGES}/problems/fr").status_code == 200


def test_a_language_that_is_not_offered_has_no_pages(owner, feed_urls):
    assert owner.get(f"{PAGES}/problems/lb").status_code == 404


@pytest.mark.parametrize("path", ["marketplace", "marketplace.csv"])
def test_admins_see_who_is_connected_and_no_address(market, feed_urls, make_client, factory, sign_in, path):
    client = make_client()
    sign_in(client, factory.user(admin_of=market.platform))

    with client.get(f"{URL}/admin/{path}") as page:
        assert page.status_code == 200
        assert "Honey" in page.text
        assert feed_urls["fr"].split("/")[-2] not in page.text
