"""Writing pages in the portal."""

import pytest

from modules.cms.services import page_service, revision_service

pytestmark = pytest.mark.backends("sqlite")
NEW = {
    "title": "About us",
    "body": "We are **here**.",
    "slug": "about",
    "placement": "header",
    "position": "10",
}


@pytest.fixture
def written(admin):
    """The address of the editor of a new page."""
    answer = admin.post("/admin/pages", data=NEW)
    assert answer.status_code == 303
    return answer.location


def test_an_empty_list_says_what_to_do(admin):
    assert "No pages yet" in admin.get("/admin/pages").text


def test_a_page_is_a_draft_until_it_is_published(admin, written):
    assert admin.get("/about").status_code == 404

    admin.post(written.replace("/edit", "/publication"))
    assert "We are <strong>here</strong>." in admin.get("/about").text
    assert "Public" in admin.get("/admin/pages").text

    admin.post(written.replace("/edit", "/publication/removal"))
    assert admin.get("/about").status_code == 404


def test_a_page_is_published_at_a_time_in_the_readers_zone(admin, written, within):
    admin.post(written.replace("/edit", "/publication"), data={"at": "2099-07-01T12:00"})

    assert admin.get("/about").status_code == 404
    with within(admin.platform) as session:
        (page,) = page_service.list_pages(session)
        assert page.published_at.isoformat() == "2099-07-01T10:00:00+00:00"


@pytest.mark.parametrize("slug", ["", "Über uns", "a--b", "-a", "admin", "admin/x", "media", "a b", "../x"])
def test_a_wrong_address_comes_back_at_its_field(admin, slug):
    answer = admin.post("/admin/pages", data={**NEW, "slug": slug})

    assert answer.status_code == 422
    assert 'id="field-slug-errors"' in answer.text
    assert "We are **here**." in answer.text


def test_a_taken_address_comes_back_at_its_field(admin, written):
    answer = admin.post("/admin/pages", data=NEW)

    assert answer.status_code == 422
    assert "Another page has this address." in answer.text


def test_the_preview_is_a_fragment_or_a_page(admin):
    fragment = admin.post("/admin/pages/preview", data=NEW, headers={"HX-Request": "true"})
    page = admin.post("/admin/pages/preview", data=NEW)

    assert fragment.text == "<p>We are <strong>here</strong>.</p>\n"
    assert "<!doctype html>" in page.text
    assert "We are <strong>here</strong>." in page.text


def test_a_translation_stands_beside_the_other(admin, written):
    address = written.replace("/edit", "")
    admin.post(f"{address}?language=fr", data={**NEW, "title": "Qui sommes-nous", "body": "Nous"})
    admin.post(f"{address}/publication")

    assert "Nous" in admin.get("/about?lang=fr").text
    assert "We are" in admin.get("/about?lang=en").text
    french = admin.get(f"{written}?language=fr").text
    assert 'value="Qui sommes-nous"' in french
    assert "We are **here**." in french
    assert 'value=""' in admin.get(f"{written}?language=de").text


def test_versions_show_what_changed_and_can_be_restored(admin, written, within):
    address = written.replace("/edit", "")
    admin.post(address, data={**NEW, "body": "We moved."})
    admin.post(address, data={**NEW, "body": "We moved."})

    versions = admin.get(f"{address}/versions").text
    detail = admin.get(f"{address}/versions/2").text
    assert "Version 2" in versions
    assert "Version 3" not in versions
    assert "We <mark>moved</mark>." in detail
    assert "<del>We <mark>are **here**</mark>.</del>" in detail
    assert admin.get(f"{address}/versions/9").status_code == 404

    admin.post(f"{address}/versions/1/restoration")
    assert "We are **here**." in admin.get(written).text
    with within(admin.platform) as session:
        (page,) = page_service.list_pages(session)
        assert [one.number for one in revision_service.list_revisions(session, page)] == [3, 2, 1]


def test_a_deleted_page_is_gone(admin, written):
    address = written.replace("/edit", "")
    admin.post(f"{address}/publication")

    assert admin.post(f"{address}/removal").status_code == 303
    assert admin.get("/about").status_code == 404
    assert admin.get(written).status_code == 404


def test_a_page_of_another_platform_is_not_found(admin, make_platform, make_page):
    stranger = make_page(make_platform())

    assert admin.get(f"/admin/pages/{stranger}/edit").status_code == 404
    for path in ("", "/publication", "/publication/removal", "/removal", "/versions/1/restoration"):
        assert admin.post(f"/admin/pages/{stranger}{path}", data=NEW).status_code == 404


def test_a_vendor_writes_its_own_in_the_place_of_the_platforms(
    client, make_platform, make_vendor, make_user, sign_in, make_page
):
    platform = make_platform()
    vendor = make_vendor(platform)
    page_id = make_page(platform, body="From the platform")
    sign_in(client, make_user(owner_of=vendor))
    base = f"/vendor/{vendor.code}/pages"
    assert "Write your own" in client.get(base).text
    assert client.get(f"{base}/{page_id}/edit").status_code == 404

    editor = client.post(f"{base}/{page_id}/override").location
    assert "From the platform" in client.get(editor).text
    client.post(editor.replace("/edit", ""), data={**NEW, "body": "Ours"})
    client.post(editor.replace("/edit", "/publication"))

    assert "Ours" in client.get(f"/vendors/{vendor.code}/about").text
    assert "From the platform" in client.get("/about").text
    assert "Write your own" not in client.get(base).text


def test_staff_writes_and_does_not_publish(client, make_platform, make_vendor, make_user, sign_in):
    platform = make_platform()
    vendor = make_vendor(platform)
    sign_in(client, make_user(staff_of=vendor))

    editor = client.post(f"/vendor/{vendor.code}/pages", data=NEW).location

    assert client.post(editor.replace("/edit", "/publication")).status_code == 403
    assert "Publish</span>" not in client.get(editor).text
