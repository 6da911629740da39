"""Redirects made by hand, beside those that pages leave behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from modules.cms.exceptions import RedirectRefused
from modules.cms.models.page import PageRedirect
from modules.cms.schemas.page import PageForm
from modules.cms.schemas.redirect import RedirectForm
from modules.cms.services import page_service, publication_service, redirect_service
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

from .conftest import ANN, NOON, nobody, write_live


@pytest.fixture
def add(within):
    """Return `add(platform, source, target, vendor=None)`: makes a redirect as an editor does."""

    def make(platform, source, target, vendor=None):
        with within(platform) as session:
            redirect_service.create_redirect(
                session,
                RedirectForm(source=source, target=target),
                platform_id=platform.id,
                vendor_id=vendor.id if vendor else None,
                author=ANN,
                at=NOON,
                ask_routes=nobody,
            )

    return make


@pytest.mark.backends("sqlite")
def test_old_addresses_of_another_shop_lead_to_pages_and_addresses_of_this_one(admin, make_page, within):
    page_id = make_page(admin.platform)
    for source, target in (
        ("/Produkte/Kerze_1.HTML", "/about"),
        ("%C3%9Cber-uns/", "about"),
        ("old cart".replace(" ", "%2D"), "/?lang=de"),
        ("shop.php", "/Produkte/Kerze_1.html"),
    ):
        answer = admin.post("/admin/redirects", data={"source": source, "target": target})
        assert answer.status_code == 303, answer.text

    def leads(path):
        answer = admin.get(path)
        return answer.status_code, answer.location

    assert leads("/produkte/kerze_1.html") == (301, "/about")
    assert leads("/Produkte/Kerze_1.HTML?utm=x") == (301, "/about")
    assert leads("/über-uns") == (301, "/about")
    assert leads("/old-cart") == (301, "/?lang=de")
    assert leads("/shop.php") == (301, "/about")  # in one step
    assert admin.get("/shop.php").cache_control.max_age == 3600
    with within(admin.platform) as session:
        page = page_service.get_page(session, page_id)
        write_live(session, page, PageForm(title="Us", slug="us"))
    assert leads("/produkte/kerze_1.html") == (301, "/us")  # wherever the page moves
    admin.post(f"/admin/pages/{page_id}/publication/removal")
    assert leads("/produkte/kerze_1.html") == (404, None)


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    ("source", "target", "field"),
    [
        ("", "/about", "source"),
        ("/", "/about", "source"),
        ("about", "/other", "source"),
        ("draft", "/about", "source"),
        ("login", "/about", "source"),
        ("admin/anything", "/about", "source"),
        ("account/never-was", "/about", "source"),
        ("sitemap.xml", "/about", "source"),
        ("old?id=7", "/about", "source"),
        ("https://example.com/old", "/about", "source"),
        ("a/../b", "/about", "source"),
        ("a b", "/about", "source"),
        ("x" * 301, "/about", "source"),
        ("old", "", "target"),
        ("old", "/old", "target"),
        ("old", "/OLD?x=1#y", "target"),
        ("old", "https://example.com/", "target"),
        ("old", "//example.com", "target"),
        ("old", "/\\example.com", "target"),
        ("old", "/%2Fexample.com", "target"),
        ("old", "/%5Cexample.com", "target"),
        ("old", "javascript:alert(1)", "target"),
        ("old", "/about\r\nSet-Cookie:x", "target"),
        ("old", "/admin/modules", "target"),
        ("old", "/logout", "target"),
        ("old", "/nothing-there", "target"),
    ],
)
def test_what_leads_nowhere_or_back_or_elsewhere_is_refused_at_its_field(
    admin, make_page, source, target, field
):
    make_page(admin.platform)
    make_page(admin.platform, "draft", published_at=None)

    answer = admin.post("/admin/redirects", data={"source": source, "target": target})

    assert answer.status_code == 422
    assert f'id="field-{field}-errors"' in answer.text
    assert f'id="field-{"target" if field == "source" else "source"}-errors"' not in answer.text


def test_circles_are_refused_however_long(within, make_platform, make_page, add):
    platform = make_platform()
    page_id = make_page(platform, "a")
    with within(platform) as session:
        write_live(session, page_service.get_page(session, page_id), PageForm(title="A", slug="a2"))
    add(platform, "b", "/a")  # /a leads on to /a2
    add(platform, "c", "/b?x=1")
    for source in ("a", "b"):
        with pytest.raises(RedirectRefused) as refused:
            add(platform, source, "/c")
        assert list(refused.value.errors) == ["source"]  # it leads somewhere already
    with within(platform) as session:
        session.execute(sa.delete(PageRedirect).where(PageRedirect.slug == "b"))
    with pytest.raises(RedirectRefused) as refused:
        add(platform, "b", "/c")
    assert list(refused.value.errors) == ["target"]


def test_a_circle_that_came_about_later_is_nothing(within, make_platform):
    platform = make_platform()
    with within(platform) as session:
        for slug, target in (("a", "/b"), ("b", "/c"), ("c", "/a")):
            session.add(PageRedirect(platform_id=platform.id, slug=slug, target=target, origin="hand"))

    with within(platform) as session:
        assert redirect_service.find_target(session, "a", vendor_id=None, at=NOON, ask_routes=nobody) is None


def test_a_page_that_is_written_at_an_old_address_is_shown_and_the_list_says_so(
    within, make_platform, make_page, add
):
    platform = make_platform()
    make_page(platform, "about")
    add(platform, "team", "/about")
    make_page(platform, "team")

    with within(platform) as session:
        rows = session.scalars(sa.select(PageRedirect)).all()
        assert page_service.find_live(session, "team", vendor_id=None, at=NOON) is not None
        assert redirect_service.list_covered(session, rows, vendor_id=None, at=NOON) == {"team"}


def test_a_vendors_redirects_are_its_shops_alone_and_come_before_the_platforms(
    within, make_platform, make_vendor, make_page, add
):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    make_page(platform, "about")
    make_page(platform, "ours", vendor=vendor)
    add(platform, "old", "/about")
    add(platform, "old", "/ours", vendor=vendor)
    add(platform, "old", "/about", vendor=other)
    with pytest.raises(RedirectRefused):  # the platform's shop has no such page
        add(platform, "older", "/ours")

    with within(platform) as session:
        targets = [
            redirect_service.find_target(session, "old", vendor_id=one, at=NOON, ask_routes=nobody)
            for one in (None, vendor.id, other.id)
        ]
        assert targets == ["/about", "/ours", "/about"]
        row = session.scalars(sa.select(PageRedirect).where(PageRedirect.vendor_id == other.id)).one()
        redirect_service.delete_redirect(session, row.id, vendor_id=vendor.id)
        assert session.get(PageRedirect, row.id) is not None
        redirect_service.delete_redirect(session, row.id, vendor_id=other.id)


def test_of_many_who_add_the_same_at_once_one_does(app, within, make_platform, make_page):
    platform = make_platform()
    make_page(platform)

    def work(_number):
        try:
            with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
                redirect_service.create_redirect(
                    session,
                    RedirectForm(source="old", target="/about"),
                    platform_id=platform.id,
                    author=ANN,
                    at=NOON,
                    ask_routes=nobody,
                )
        except RedirectRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(8))) == 1


@pytest.mark.backends("sqlite")
def test_the_list_shows_both_kinds_is_searched_and_lets_go(admin, make_page, within, count_queries):
    page_id = make_page(admin.platform, "about")
    assert "No redirects yet" in admin.get("/admin/redirects").text
    with within(admin.platform) as session:
        page = page_service.get_page(session, page_id)
        write_live(session, page, PageForm(title="Us", slug="us"))
    admin.post("/admin/redirects", data={"source": "shop.php", "target": "/us"})

    listed = admin.get("/admin/redirects").text
    assert "Made by hand by" in listed
    assert "Left by a page that moved" in listed
    assert "/shop.php" not in admin.get("/admin/redirects?search=about").text
    assert "/shop.php" in admin.get("/admin/redirects?search=us").text  # by where it leads, too
    assert "/about<" not in admin.get("/admin/redirects?origin=hand").text.replace("/about.", "")

    with within(admin.platform) as session:
        ids = dict(session.execute(sa.select(PageRedirect.slug, PageRedirect.id)).all())
    admin.post(f"/admin/redirects/{ids['about']}/removal")
    assert admin.get("/about").status_code == 404
    assert admin.get("/shop.php").status_code == 301


@pytest.mark.backends("sqlite")
def test_who_may_not_publish_sends_nobody_on(client, make_platform, make_vendor, make_user, sign_in):
    vendor = make_vendor(make_platform())
    sign_in(client, make_user(staff_of=vendor))
    base = f"/vendor/{vendor.code}/redirects"

    assert client.get(base).status_code == 200
    assert "New redirect" not in client.get(base).text
    assert client.post(base, data={"source": "old", "target": "/"}).status_code == 403
    assert client.post(f"{base}/1/removal").status_code == 403


def test_a_redirect_goes_with_its_page(within, make_platform, make_page, add):
    platform = make_platform()
    page_id = make_page(platform)
    add(platform, "old", "/about")
    with within(platform) as session:
        publication_service.unpublish(session, page_service.get_page(session, page_id), now=NOON)
        page_service.delete_page(session, page_service.get_page(session, page_id))

    with within(platform) as session:
        assert session.scalars(sa.select(PageRedirect)).all() == []


def test_an_address_that_is_encoded_twice_is_decoded_once(admin, make_page):
    make_page(admin.platform)
    for source in ("100%2525-cotton", "old%253Fpage"):
        answer = admin.post("/admin/redirects", data={"source": source, "target": "/about"})
        assert answer.status_code == 303, answer.text

    assert admin.get("/%2500").status_code == 404  # no null character, which PostgreSQL would not look for
    assert admin.get("/100%2525-cotton").location == "/about"
    assert admin.get("/100%25-cotton").status_code == 404
    assert admin.get("/old%253Fpage").location == "/about"


def test_an_old_address_that_is_longer_in_small_letters_is_refused_at_its_field(admin, make_page):
    make_page(admin.platform)

    answer = admin.post("/admin/redirects", data={"source": "İ" * 255, "target": "/about"})

    assert answer.status_code == 422
    assert "At most 255 characters." in answer.text


@pytest.mark.backends("sqlite")
def test_a_portal_without_its_last_slash_is_no_address_of_the_shop(admin):
    for target in ("/admin", "/admin/"):
        answer = admin.post("/admin/redirects", data={"source": "old", "target": target})

        assert answer.status_code == 422, target
        assert "There is nothing at this address of the shop." in answer.text
