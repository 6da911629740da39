"""What the editor of a page saves by itself."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from modules.cms.exceptions import PageChangedMeanwhile
from modules.cms.schemas.page import PageForm
from modules.cms.services import (
    draft_service,
    page_service,
    publication_service,
    redirect_service,
    revision_service,
)
from modules.cms.services.revision_service import Author, Sitting

from .conftest import ANN, NOON, seen_in

FORM = {"title": "About", "body": "Old.", "slug": "about", "placement": "none", "position": "100"}
JSON = {"Accept": "application/json"}
HOUR = timedelta(hours=1)


@pytest.fixture
def write(within):
    """Return `write(platform, page_id, key=…, saves_itself=…, seen=…, author=…, **fields)`: what a window sends."""

    def save(
        platform,
        page_id,
        *,
        key="one",
        saves_itself=True,
        seen=None,
        author=ANN,
        locale="en",
        at=NOON,
        **fields,
    ):
        form = PageForm(**{**FORM, **fields})
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            sitting = Sitting(seen, key, saves_itself)
            page_service.update_page(
                session, page, form, locale=locale, author=author, at=at, sitting=sitting
            )
            return revision_service.digest_of(draft_service.written_page(session, page), locale)

    return save


@pytest.fixture
def history(within):
    """Return `history(platform, page_id)`: the text of each version in English, and whether it saved itself."""

    def read(platform, page_id):
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            return [
                (one.number, one.content["texts"]["en"]["body"], one.is_autosaved)
                for one in reversed(revision_service.list_revisions(session, page))
            ]

    return read


@pytest.mark.parametrize("published_at", [None, NOON])
def test_hours_of_writing_are_one_version_and_the_public_sees_nothing_of_it(
    within, make_platform, make_page, write, history, published_at
):
    platform = make_platform()
    page_id = make_page(platform, body="Old.", published_at=published_at)

    for number in range(5):
        write(platform, page_id, body=f"Text {number}.", at=NOON + number * HOUR)

    assert history(platform, page_id) == [(1, "Old.", False), (2, "Text 4.", True)]
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        newest = revision_service.find_latest(session, page)
        assert (page.version, newest.at) == (2, NOON + 4 * HOUR)
        assert page.published_at == published_at
        assert page.text_in("en").body == ("Old." if published_at else "Text 4.")


def test_what_a_person_saves_ends_the_version_and_what_follows_is_another(
    make_platform, make_page, write, history
):
    platform = make_platform()
    page_id = make_page(platform, body="Old.")
    write(platform, page_id, body="Half.")

    write(platform, page_id, body="Half.", saves_itself=False)
    write(platform, page_id, body="Next.")
    write(platform, page_id, body="Next, done.", saves_itself=False)
    write(platform, page_id, key="two", body="Another day.")

    assert history(platform, page_id) == [
        (1, "Old.", False),
        (2, "Half.", False),
        (3, "Next, done.", False),
        (4, "Another day.", True),
    ]


def test_what_was_published_or_planned_is_never_written_over(
    within, make_platform, make_page, write, history
):
    platform = make_platform()
    page_id = make_page(platform, body="Old.", published_at=None)

    def publish(at):
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            publication_service.publish(session, page, at=at, now=NOON)

    write(platform, page_id, body="Public.")
    publish(NOON)
    write(platform, page_id, body="Planned.")
    publish(NOON + HOUR)
    write(platform, page_id, body="Later.")
    write(platform, page_id, body="Later, still.")

    assert history(platform, page_id) == [
        (1, "Old.", False),
        (2, "Public.", False),
        (3, "Planned.", False),
        (4, "Later, still.", True),
    ]
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert (page.shown_version, page.planned_version, page.text_in("en").body) == (2, 3, "Public.")


def test_writing_back_what_is_public_leaves_no_draft_and_can_go_on(
    within, make_platform, make_page, write, history
):
    platform = make_platform()
    page_id = make_page(platform, body="Old.")
    write(platform, page_id, body="New.")
    write(platform, page_id, body="Old.")
    with within(platform) as session:
        assert not page_service.get_page(session, page_id).has_draft

    write(platform, page_id, body="Newer.")

    assert history(platform, page_id) == [(1, "Old.", False), (2, "Old.", True), (3, "Newer.", True)]
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert (page.live_version, page.version, page.text_in("en").body) == (2, 3, "Old.")


def test_an_address_on_its_way_leaves_no_redirects_behind(within, make_platform, make_page, write):
    platform = make_platform()
    page_id = make_page(platform, "about", published_at=None)

    for slug in ("about-", "about-u", "about-us", "about-us-all"):
        write(platform, page_id, slug=slug.strip("-"))

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert page.slug == "about-us-all"
        assert [one.slug for one in redirect_service.list_of_page(session, page)] == ["about"]


def test_whoever_saw_an_earlier_state_of_the_same_version_is_told(make_platform, make_page, write):
    platform = make_platform()
    page_id = make_page(platform)
    half = write(platform, page_id, body="Half.")
    french = write(platform, page_id, key="fr", author=Author(None, "Zoé"), locale="fr", body="Moitié.")
    write(platform, page_id, key="one", body="Half and more.")

    with pytest.raises(PageChangedMeanwhile):
        write(platform, page_id, key="two", seen=half, body="Theirs.")
    write(platform, page_id, key="fr", seen=french, locale="fr", body="Tout.")


def test_a_window_that_did_not_hear_that_it_has_saved_goes_on(make_platform, make_page, write, history):
    platform = make_platform()
    page_id = make_page(platform, body="Old.")
    seen = write(platform, page_id, body="Old.")
    write(platform, page_id, seen=seen, body="Unheard.")

    write(platform, page_id, seen=seen, body="Unheard, and more.")
    write(platform, page_id, seen=seen, body="Saved.", saves_itself=False)
    write(platform, page_id, seen=seen, body="Saved.", saves_itself=False)  # a second click
    with pytest.raises(PageChangedMeanwhile):  # it was sent before, and is late
        write(platform, page_id, seen=seen, body="Unheard, and m")

    assert history(platform, page_id)[1:] == [(2, "Saved.", False)]


def test_a_key_of_somebody_else_opens_nothing(make_platform, make_page, make_user, write, history):
    platform = make_platform()
    page_id = make_page(platform, body="Old.")
    ann, bob = (Author(make_user().id, name) for name in ("Ann", "Bob"))
    write(platform, page_id, author=ann, body="Ann's.")

    write(platform, page_id, author=bob, body="Bob's.")

    assert history(platform, page_id)[1:] == [(2, "Ann's.", True), (3, "Bob's.", True)]


def test_of_many_windows_that_save_themselves_at_once_one_does(app, make_platform, make_page, write, history):
    platform = make_platform()
    page_id = make_page(platform, body="Old.")
    seen = write(platform, page_id, body="Old.")

    def save(number):
        try:
            write(platform, page_id, key=f"window {number % 4}", seen=seen, body=f"Text {number}.")
        except PageChangedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(4) as windows:
        assert any(windows.map(save, range(12)))

    assert [number for number, _body, _saved in history(platform, page_id)] == [1, 2]


@pytest.mark.backends("sqlite")
def test_the_editor_is_told_when_it_saved_and_what_has_become_of_the_page(admin, make_page, make_client):
    page_id = make_page(admin.platform, "about", title="About", body="Old.")
    editor = admin.get(f"/admin/pages/{page_id}/edit").text
    assert f'data-wz-autosave="/admin/pages/{page_id}/draft?language=en"' in editor

    answer = admin.post(
        f"/admin/pages/{page_id}/draft?language=en",
        data={**FORM, "body": "New.", "version": seen_in(editor), "sitting": "one"},
        headers=JSON,
    )

    assert answer.status_code == 200
    assert re.fullmatch(r"Saved at \d\d:\d\d", answer.json["says"])
    told = answer.json["html"]
    assert "Published, with unpublished changes" in told
    assert "Publish the changes" in told
    now = admin.get(f"/admin/pages/{page_id}/edit").text
    assert seen_in(told) == seen_in(now) != seen_in(editor)
    assert seen_in(told, whole=True) == seen_in(now, whole=True)
    assert "New.</textarea>" in now
    assert "Old." in make_client().get("/about").text
    assert "saved by itself" in admin.get(f"/admin/pages/{page_id}/versions").text
    admin.post(f"/admin/pages/{page_id}/publication", data={"version": seen_in(told, whole=True)})
    assert "New." in make_client().get("/about").text


@pytest.mark.backends("sqlite")
def test_what_is_wrong_is_not_saved_and_told_by_field(admin, make_page, history):
    page_id = make_page(admin.platform, body="Old.")
    make_page(admin.platform, "taken")
    address = f"/admin/pages/{page_id}/draft"

    for field, value in (("title", ""), ("slug", "a b"), ("slug", "taken"), ("picture_id", "77")):
        refused = admin.post(address, data={**FORM, "body": "New.", field: value}, headers=JSON)
        assert refused.status_code == 422
        assert list(refused.json["errors"]) == [field]

    assert history(admin.platform, page_id) == [(1, "Old.", False)]


@pytest.mark.backends("sqlite")
def test_a_conflict_says_who_and_when_and_saves_nothing(
    admin, make_page, make_user, make_client, sign_in, history
):
    page_id = make_page(admin.platform, body="Old.")
    bob, address = make_client(), f"/admin/pages/{page_id}"
    sign_in(bob, make_user(admin_of=admin.platform, display_name="Bob"))
    seen = seen_in(admin.get(f"{address}/edit").text)
    mine = {**FORM, "body": "Mine.", "version": seen, "sitting": "one"}
    bob.post(address, data={**FORM, "body": "Bob's.", "version": seen})

    refused = admin.post(f"{address}/draft", data=mine, headers=JSON)

    assert refused.status_code == 409
    assert refused.json["code"] == "cms.page_changed_meanwhile"
    assert refused.json["detail"].startswith("Bob saved this page on ")
    assert [body for _number, body, _saved in history(admin.platform, page_id)] == ["Old.", "Bob's."]

    compared = admin.post(address, data=mine)
    assert compared.status_code == 409
    assert "data-wz-autosave" not in compared.text  # what the person has not decided on is not saved
    admin.post(address, data={**mine, "version": seen_in(compared.text)})
    refused = bob.post(f"{address}/draft", data={**mine, "body": "Old."}, headers=JSON)
    assert refused.status_code == 409
    same = admin.post(
        f"{address}/draft", data={**mine, "body": "In another window.", "sitting": "two"}, headers=JSON
    )
    assert "You saved this page elsewhere meanwhile." in same.json["detail"]


@pytest.mark.backends("sqlite")
def test_only_who_may_write_a_page_saves_it(
    client, make_platform, make_vendor, make_user, make_client, sign_in, make_page
):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    page_id, platforms_own = make_page(platform, vendor=vendor), make_page(platform)
    address = f"/vendor/{vendor.code}/pages/{page_id}/draft"
    refused = client.post(address, data=FORM, headers=JSON)
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")
    sign_in(client, make_user(staff_of=vendor))
    stranger = make_client()
    sign_in(stranger, make_user(owner_of=other))

    assert client.post(address, data=FORM, headers=JSON).status_code == 200
    assert stranger.post(address, data=FORM, headers=JSON).status_code == 404
    moved = f"/vendor/{other.code}/pages/{page_id}/draft"
    assert stranger.post(moved, data=FORM, headers=JSON).status_code == 404
    for number in (platforms_own, 999):
        address = f"/vendor/{vendor.code}/pages/{number}/draft"
        assert client.post(address, data=FORM, headers=JSON).status_code == 404


@pytest.mark.backends("sqlite")
def test_a_new_page_does_not_save_itself_and_a_key_has_an_end(admin, make_page, history):
    assert "data-wz-autosave=" not in admin.get("/admin/pages/new").text
    page_id = make_page(admin.platform)

    for body in ("One.", "Two."):
        admin.post(
            f"/admin/pages/{page_id}/draft", data={**FORM, "body": body, "sitting": "k" * 500}, headers=JSON
        )

    assert len(history(admin.platform, page_id)) == 2
