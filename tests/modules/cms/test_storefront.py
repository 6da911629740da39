"""What the public sees."""

from datetime import timedelta

import pytest

from modules.cms.schemas.page import PageForm
from modules.cms.services import page_service
from wizamart import clock

from .conftest import write_live

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.backends("sqlite")
def test_a_published_page_is_shown_at_its_address(client, make_platform, make_page):
    make_page(make_platform(), body="## Hello\n\n**bold**", seo_description="Short.")

    page = client.get("/about")

    assert page.status_code == 200
    assert "<h3>Hello</h3>" in page.text
    assert "<strong>bold</strong>" in page.text
    assert '<meta name="description" content="Short.">' in page.text


@pytest.mark.backends("sqlite")
def test_a_draft_and_a_planned_page_are_not_shown(client, make_platform, make_page):
    platform = make_platform()
    make_page(platform, "draft", published_at=None)
    make_page(platform, "planned", published_at=clock.now() + timedelta(hours=1))

    assert client.get("/draft").status_code == 404
    assert client.get("/planned").status_code == 404
    assert "planned" not in client.get("/sitemap.xml").text


@pytest.mark.backends("sqlite")
def test_an_unknown_address_answers_every_method_alike(client, make_platform):
    make_platform()

    for path in ("/nothing", "/nothing/", "/nothing/below", "/admin/nothing", "/about", "/%00"):
        for method in METHODS:
            answer = client.open(path, method=method)

            assert answer.status_code == 404, (path, method)
            assert "Allow" not in answer.headers
            assert "Location" not in answer.headers


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("method", METHODS)
def test_a_module_that_is_off_answers_like_an_address_that_never_was(client, app, make_platform, method):
    make_platform()
    optional = {
        name
        for name, (code, _front) in app.modules.blueprints.items()
        if not app.modules.registry[code].is_core
    }
    paths = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.rpartition(".")[0] in optional and not rule.arguments
    }

    for path in sorted(paths):
        for address in (path, path.rstrip("/"), f"{path}/"):
            off = client.open(address, method=method)
            never = client.open("/never-was", method=method)
            if address.startswith("/api/"):
                continue
            assert (off.status_code, off.headers.get("Allow"), off.headers.get("Location")) == (
                404,
                None,
                None,
            )
            assert off.mimetype == never.mimetype


@pytest.mark.backends("sqlite")
def test_changing_a_page_by_its_address_is_no_way_in(client, make_platform, make_page):
    make_page(make_platform())

    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert client.open("/about", method=method).status_code == 404


def test_a_vendor_shows_the_platforms_page_until_it_writes_its_own(
    client, make_platform, make_vendor, make_page
):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    make_page(platform, body="From the platform")
    assert "From the platform" in client.get(f"/vendors/{vendor.code}/about").text

    make_page(platform, vendor=vendor, body="A draft of our own", published_at=None)
    assert "From the platform" in client.get(f"/vendors/{vendor.code}/about").text

    make_page(platform, "ours", vendor=vendor, body="Only ours")
    assert "Only ours" in client.get(f"/vendors/{vendor.code}/ours").text
    assert client.get(f"/vendors/{other.code}/ours").status_code == 404
    assert client.get("/ours").status_code == 404


def test_a_vendors_published_page_stands_in_the_place_of_the_platforms(
    client, make_platform, make_vendor, make_page
):
    platform = make_platform()
    vendor = make_vendor(platform)
    make_page(platform, body="From the platform")
    make_page(platform, vendor=vendor, body="From the vendor")

    assert "From the vendor" in client.get(f"/vendors/{vendor.code}/about").text
    assert "From the platform" in client.get("/about").text


@pytest.mark.backends("sqlite")
def test_another_platforms_page_is_not_shown(client, make_platform, make_page):
    make_platform()
    make_page(make_platform(code="other"), "theirs")

    assert client.get("/theirs").status_code == 404
    assert client.get("/platforms/other/theirs").status_code == 200


def test_an_old_address_leads_to_the_new_one(client, make_platform, make_page, within):
    platform = make_platform()
    page_id = make_page(platform)
    for slug in ("who-we-are", "team", "about", "us"):
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            form = PageForm(title="About", body="Text", slug=slug)
            write_live(session, page, form)

    for slug in ("about", "who-we-are", "team"):
        answer = client.get(f"/{slug}")
        assert (answer.status_code, answer.location) == (301, "/us")
    assert client.get("/us").status_code == 200


@pytest.mark.backends("sqlite")
def test_the_text_is_in_the_readers_language_or_the_platforms(client, make_platform, make_page, within):
    platform = make_platform()
    page_id = make_page(platform, body="English text")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        form = PageForm(title="Über uns", body="Deutscher Text", slug="about")
        write_live(session, page, form, locale="de")

    assert "Deutscher Text" in client.get("/about?lang=de").text
    assert "English text" in client.get("/about?lang=en").text
    french = client.get("/about?lang=fr").text
    assert '<article class="cms-prose" lang="en">' in french


@pytest.mark.backends("sqlite")
def test_pages_stand_in_the_navigation_where_they_are_placed(client, make_platform, make_page):
    platform = make_platform()
    make_page(platform, "second", placement="header", position=20)
    make_page(platform, "first", placement="header", position=10)
    make_page(platform, "imprint", placement="footer")
    make_page(platform, "hidden")

    page = client.get("/first").text
    header, footer = page.split("<footer")[0].split("<main")[0], page.split("<footer")[1]

    assert header.index(">First<") < header.index(">Second<")
    assert ">Imprint<" in footer
    assert ">Hidden<" not in header + footer
    assert 'href="/first" aria-current="page"' in header


@pytest.mark.backends("sqlite")
def test_machines_find_pages_in_sitemap_and_feed(client, make_platform, make_page):
    platform = make_platform(code="shop")
    make_page(platform, title="Bread & <Butter>")

    sitemap, feed = client.get("/platforms/shop/sitemap.xml"), client.get("/platforms/shop/feed.xml")

    assert "<loc>http://localhost/platforms/shop/about</loc>" in sitemap.text
    assert sitemap.mimetype == "application/xml"
    assert "<title>Bread &amp; &lt;Butter&gt;</title>" in feed.text
    assert feed.mimetype == "application/atom+xml"


def test_a_page_costs_few_queries(client, make_platform, make_page, count_queries):
    platform = make_platform()
    for number in range(12):
        make_page(platform, f"page-{number}", placement="header")
    client.get("/page-1")

    with count_queries() as queries:
        client.get("/page-1")

    assert len(queries) <= 10, str(queries)
