"""Two people write on the same page."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.cms.exceptions import PageChangedMeanwhile, PageNotFound, SlugTaken
from modules.cms.schemas.page import PageForm
from modules.cms.services import (
    draft_service,
    page_service,
    presence_service,
    publication_service,
    revision_service,
)
from modules.cms.services.revision_service import NO_SITTING, Sitting
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

from .conftest import ANN, NOON, seen_in

MINE = {"title": "About", "body": "Mine.", "slug": "about", "placement": "none", "position": "100"}


@pytest.mark.backends("sqlite")
def test_the_second_to_save_sees_both_and_loses_nothing(admin, make_page, make_user, make_client, sign_in):
    page_id = make_page(admin.platform, body="Before.")
    bob = make_client()
    sign_in(bob, make_user(admin_of=admin.platform))
    editor, address = f"/admin/pages/{page_id}/edit", f"/admin/pages/{page_id}"
    seen = seen_in(admin.get(editor).text)
    assert bob.post(address, data={**MINE, "body": "Theirs.", "version": seen}).status_code == 303

    refused = admin.post(address, data={**MINE, "body": "Mine & <more>.", "version": seen})

    assert refused.status_code == 409
    assert "Somebody else has changed this page meanwhile." in refused.text
    assert "Mine &amp; &lt;more&gt;.</textarea>" in refused.text
    assert "<mark>Theirs</mark>" in refused.text or "<del>Theirs.</del>" in refused.text
    assert "Theirs.</textarea>" in admin.get(editor).text

    current = seen_in(refused.text)
    assert admin.post(address, data={**MINE, "version": current}).status_code == 303
    assert "Mine.</textarea>" in admin.get(editor).text
    assert "Before." in admin.get("/about").text
    assert (
        admin.post(address, data={**MINE, "body": "Bad", "slug": "a b", "version": seen}).status_code == 422
    )


def test_those_who_write_in_different_languages_are_in_nobodys_way(within, make_platform, make_page):
    platform = make_platform()
    page_id = make_page(platform)

    def write(locale, version, **changes):
        form = PageForm(**{**MINE, "body": f"Text in {locale}.", **changes})
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            sitting = Sitting(seen_of(session, page, locale, version)) if version else NO_SITTING
            page_service.update_page(session, page, form, locale=locale, author=ANN, at=NOON, sitting=sitting)
            return page.version

    def seen_of(session, page, locale, version):
        revision = revision_service.get_revision(session, page, version)
        return revision_service.digest_of(revision_service.copy_of(page, revision), locale)

    assert write("fr", 1) == 2
    assert write("de", 1) == 3
    assert write("fr", 2) == 3  # the same again is no new version
    with pytest.raises(PageChangedMeanwhile):
        write("de", 2, body="Another text.")
    assert write("fr", 3, position="7") == 4
    with pytest.raises(PageChangedMeanwhile):  # where it stands belongs to all languages
        write("lb", 3)
    assert write("lb", None) == 5


def test_who_else_has_a_page_open_is_known_for_a_minute(within, make_platform, make_page, make_user):
    platform = make_platform()
    page_id, other_id = make_page(platform), make_page(platform, "other")
    ann, bob = make_user(), make_user()

    def note(user, number, seconds):
        with within(platform) as session:
            page = page_service.get_page(session, number)
            at = NOON.replace(minute=seconds // 60, second=seconds % 60)
            return presence_service.note_editor(session, page, user_id=user.id, name=user.email, at=at)

    assert note(ann, page_id, 0) == []
    assert note(bob, other_id, 1) == []
    assert note(bob, page_id, 10) == [ann.email]
    assert note(ann, page_id, 30) == [bob.email]
    assert note(bob, page_id, 40) == [ann.email]
    assert note(ann, page_id, 200) == []
    with within(platform) as session:
        presence_service.forget_editors(session, before=NOON.replace(minute=10))
    assert note(bob, page_id, 201) == []


def test_of_many_who_save_at_the_same_moment_one_does(app, within, make_platform, make_page):
    platform = make_platform()
    page_id = make_page(platform)
    with within(platform) as session:
        seen = revision_service.digest_of(page_service.get_page(session, page_id), "en")

    def write(number):
        form = PageForm(**{**MINE, "body": f"Text of writer {number}."})
        try:
            with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
                page = page_service.get_page(session, page_id)
                page_service.update_page(
                    session, page, form, locale="en", author=ANN, at=NOON, sitting=Sitting(seen)
                )
        except PageChangedMeanwhile:
            return None
        return form.body

    with ThreadPoolExecutor(4) as writers:
        saved = [body for body in writers.map(write, range(8)) if body]

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert saved == [draft_service.written_page(session, page).text_in("en").body]
        assert page.version == 2


@pytest.mark.backends("sqlite")
def test_an_open_editor_says_who_else_is_there(admin, make_page, make_user, make_client, sign_in):
    page_id = make_page(admin.platform)
    bob = make_client()
    sign_in(bob, make_user(admin_of=admin.platform, display_name="Bob <b>"))

    assert admin.post(f"/admin/pages/{page_id}/presence").text.strip() == ""
    bob.post(f"/admin/pages/{page_id}/presence")

    assert "Bob &lt;b&gt; has this page open, too." in admin.post(f"/admin/pages/{page_id}/presence").text
    assert admin.post("/admin/pages/999/presence").status_code == 404


def test_of_many_who_take_the_same_address_at_once_one_does(within, make_platform):
    platform = make_platform()

    def write(_number):
        try:
            with within(platform) as session:
                page_service.create_page(
                    session, PageForm(**MINE), platform_id=platform.id, locale="en", author=ANN, at=NOON
                )
        except SlugTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(write, range(8))) == 1


def test_of_many_drafts_that_move_to_the_same_address_at_once_one_does(within, make_platform, make_page):
    platform = make_platform()
    ids = [make_page(platform, f"page-{number}", published_at=None) for number in range(8)]

    def move(page_id):
        try:
            with within(platform) as session:
                page = page_service.get_page(session, page_id)
                form = PageForm(**{**MINE, "slug": "taken"})
                page_service.update_page(session, page, form, locale="en", author=ANN, at=NOON)
        except SlugTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(move, ids)) == 1


@pytest.mark.backends("postgresql")
def test_a_page_that_is_deleted_while_it_is_published_is_not_found(within, make_platform, make_page):
    platform = make_platform()
    page_id = make_page(platform)

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        with within(platform) as other:
            page_service.delete_page(other, page_service.get_page(other, page_id))

        with pytest.raises(PageNotFound):
            publication_service.publish(session, page, at=NOON, now=NOON)
