"""What machines read: sitemaps with languages, in files; feeds; what stands in the head of a page."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from modules.cms.schemas.page import PageForm
from modules.cms.services import page_service, sitemap
from modules.cms.services.sitemap import Entry
from wizamart.module_system.contributions import Contribution

from .conftest import NOON, write_live

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
pytestmark = pytest.mark.backends("sqlite")


def parse(text):
    return ET.fromstring(text)  # noqa: S314 - written by the code under test


def locations(text):
    return [place.text for place in parse(text).iter(f"{SITEMAP}loc")]


def test_a_file_keeps_the_limits_of_the_protocol_whatever_the_languages():
    for count in (0, 1, 4, 24):
        locales = [f"l{number}" for number in range(count)]
        fitting = sitemap.entries_per_file(locales)
        assert fitting * (count + 1) <= 50_000

    entry = Entry(
        "https://a-rather-long-name.example/" + "p" * 200,
        datetime(2026, 1, 1, tzinfo=UTC),
        ("en", "fr", "de", "lb"),
    )
    size = len("".join(sitemap.write_file([entry])).encode())
    assert size * sitemap.entries_per_file(entry.locales) < 50_000_000


def test_each_language_has_its_address_and_names_the_others():
    entry = Entry("https://x.example/a?b=1&c=<2>", NOON, ("en", "pt_BR"))
    tree = parse("".join(sitemap.write_file([entry])))

    assert [place.text for place in tree.iter(f"{SITEMAP}loc")] == [
        "https://x.example/a?b=1&c=<2>&lang=en",
        "https://x.example/a?b=1&c=<2>&lang=pt_BR",
        "https://x.example/a?b=1&c=<2>",
    ]
    assert [link.get("hreflang") for link in tree[0].iter(LINK)] == ["en", "pt-BR", "x-default"]
    assert tree[0].find(f"{SITEMAP}lastmod").text == "2026-11-20T12:00:00+00:00"


def test_a_large_shop_has_an_index_and_every_address_stands_in_one_file(
    client, app, make_platform, make_page, monkeypatch
):
    make_page(make_platform())
    known = app.modules.contributions._by_hook
    given = [{"url": f"/products/{number}", "updated_at": NOON} for number in range(9)]
    monkeypatch.setitem(
        known, "storefront.sitemap", [Contribution("core", lambda _s, **_m: iter(given), 100)]
    )
    whole = locations(client.get("/sitemap.xml").text)
    assert len(whole) == 5 * 10 + 2  # the first page and nine products in four languages, the page in one
    assert "http://localhost/products/3?lang=fr" in whole
    assert "http://localhost/about?lang=en" in whole
    assert client.get("/sitemap-1.xml").status_code == 200

    monkeypatch.setattr(sitemap, "MOST_ENTRIES", 4)
    index = locations(client.get("/sitemap.xml").text)
    assert index == [f"http://localhost/sitemap-{number}.xml" for number in (1, 2, 3)]
    parts = [place for address in index for place in locations(client.get(address).text)]
    assert parts == whole
    for wrong in ("/sitemap-0.xml", "/sitemap-4.xml", "/sitemap-x.xml"):
        assert client.get(wrong).status_code == 404
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def test_a_feed_holds_what_is_written_in_its_language(client, make_platform, make_page, within):
    platform = make_platform()
    page_id = make_page(platform, body="**Bold** text.")
    make_page(platform, "english-only")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        form = PageForm(title="Über uns", body="Text", slug="about")
        write_live(session, page, form, locale="de")

    english, german = client.get("/feed.xml?lang=en").text, client.get("/feed.xml?lang=de").text

    assert english.count("<entry>") == 2
    assert "<summary>Bold text.</summary>" in english
    assert german.count("<entry>") == 1
    assert "Über uns" in german
    assert 'hreflang="en"' in german
    assert 'rel="self" href="http://localhost/feed.xml?lang=de"' in german


def test_the_head_of_a_page_says_what_it_is_and_where_else(client, make_platform, make_page, within):
    platform = make_platform(code="shop")
    page_id = make_page(platform, body="We make **candles**. " * 20, title='A "quoted" <title>')
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        form = PageForm(title="À propos", body="Texte", slug="about")
        write_live(session, page, form, locale="fr")

    neutral = client.get("/platforms/shop/about?utm=x").text.split("</head>")[0]
    head = client.get("/platforms/shop/about?lang=fr").text.split("</head>")[0]
    first = client.get("/platforms/shop/").text.split("</head>")[0]

    url = "http://localhost/platforms/shop/about"
    assert f'<link rel="canonical" href="{url}?lang=fr">' in head
    assert f'<link rel="canonical" href="{url}">' in neutral
    assert head.count('rel="alternate" hreflang=') == 3
    assert f'<link rel="alternate" hreflang="x-default" href="{url}">' in head
    assert '<meta property="og:title" content="À propos">' in head
    assert '<meta name="description" content="We make candles. We make' in neutral
    assert "&#34;quoted&#34; &lt;title&gt;" in neutral
    assert '<link rel="canonical" href="http://localhost/platforms/shop/">' in first
    assert first.count('rel="alternate" hreflang=') == 5


def test_lists_cost_the_same_for_many_pages(admin, make_page, count_queries):
    make_page(admin.platform, "one")
    paths = ("/admin/pages", "/sitemap.xml", "/feed.xml", "/one")
    few, many = {}, {}
    for counted in (few, many):
        for path in paths:
            admin.get(path)
            with count_queries() as queries:
                admin.get(path)
            counted[path] = len(queries)
        for number in range(8):
            make_page(admin.platform, f"page-{len(many)}-{number}", placement="footer")

    assert few == many
