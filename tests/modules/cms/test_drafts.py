"""What is written of a page that is public: kept beside it, published, discarded."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.cms.exceptions import MediaInUse, NotPublishable, PageChangedMeanwhile, SlugTaken
from modules.cms.models.page import Page
from modules.cms.schemas.page import PageForm
from modules.cms.services import (
    draft_service,
    media_service,
    page_service,
    publication_service,
    redirect_service,
    revision_service,
    usage_service,
)
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

from .conftest import ANN, NOON, nobody, seen_in

HOUR = timedelta(hours=1)
FORM = {"title": "About", "body": "Old.", "slug": "about", "placement": "header", "position": "10"}


@pytest.fixture
def change(within):
    """Return `change(platform, page_id, locale="en", at=NOON, **fields)`: what an editor saves."""

    def save(platform, page_id, locale="en", at=NOON, **fields):
        form = PageForm(**{"title": "About", "body": "Old.", "slug": "about", **fields})
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            page_service.update_page(session, page, form, locale=locale, author=ANN, at=at)

    return save


@pytest.fixture
def public(admin, make_page):
    """The id of a public page of the admin's platform."""
    return make_page(admin.platform, "about", title="About", body="Old.", placement="header", position=10)


@pytest.mark.backends("sqlite")
def test_the_public_sees_nothing_of_what_is_saved_until_it_is_published(admin, make_client, public):
    visitor, address = make_client(), f"/admin/pages/{public}"

    def seen(path):
        return visitor.get(path).text.split("<body")[-1].split("csrf_token")[0]

    before = {path: seen(path) for path in ("/about", "/sitemap.xml", "/feed.xml")}
    assert "Old." in before["/about"]

    admin.post(address, data={**FORM, "title": "Us", "body": "New.", "slug": "us", "placement": "none"})

    assert {path: seen(path) for path in before} == before
    assert visitor.get("/us").status_code == 404
    listed, editor = admin.get("/admin/pages").text, admin.get(f"{address}/edit").text
    assert "Published, with unpublished changes" in listed
    assert "Published, with unpublished changes" in editor
    assert "New.</textarea>" in editor
    assert "About" in admin.get("/admin/pages?state=changed").text

    admin.post(f"{address}/publication", data={"version": seen_in(editor, whole=True)})
    assert "New." in visitor.get("/us").text
    assert visitor.get("/about").status_code == 301
    assert "unpublished changes" not in admin.get(f"{address}/edit").text
    assert "/us" in visitor.get("/sitemap.xml").text


@pytest.mark.backends("sqlite")
def test_discarding_returns_to_what_the_public_sees(admin, public, within):
    address = f"/admin/pages/{public}"
    admin.post(address, data={**FORM, "body": "New.", "slug": "us"})
    admin.post(f"{address}?language=fr", data={**FORM, "body": "Neuf."})

    seen = seen_in(admin.get(f"{address}/edit").text, whole=True)
    admin.post(f"{address}/draft/removal", data={"version": seen})

    editor = admin.get(f"{address}/edit").text
    assert "Old.</textarea>" in editor
    assert 'value="about"' in editor
    assert "unpublished changes" not in editor
    with within(admin.platform) as session:
        page = page_service.get_page(session, public)
        assert [one.number for one in revision_service.list_revisions(session, page)] == [4, 3, 2, 1]
        page_service.restore(session, page, 3, author=ANN, at=NOON)  # what was discarded can be had again
        assert draft_service.written_page(session, page).text_in("fr").body == "Neuf."
        assert not page.has_text_in("fr")


@pytest.mark.backends("sqlite")
def test_writing_what_is_public_already_leaves_no_draft(within, change, admin, public):
    change(admin.platform, public, body="New.", placement="header", position=10)
    change(admin.platform, public, body="Old.", placement="header", position=10)

    with within(admin.platform) as session:
        page = page_service.get_page(session, public)
        assert (page.has_draft, page.version, page.drafted_at) == (False, 3, None)


def test_changes_go_live_at_their_time_and_later_ones_stay_beside(within, make_platform, make_page, change):
    platform = make_platform()
    page_id = make_page(platform)
    change(platform, page_id, body="Approved.")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.publish(session, page, at=NOON + HOUR, now=NOON)
        assert page.is_live(NOON)
    change(platform, page_id, body="Written afterwards.")

    seen = []
    for hours in (0, 1, 2):
        with within(platform) as session:
            publication_service.announce_due(session, now=NOON + hours * HOUR)
            live = page_service.find_live(session, "about", vendor_id=None, at=NOON + hours * HOUR)
            written = draft_service.written_page(session, live)
            seen.append((live.text_in("en").body, written.text_in("en").body, live.planned_at is not None))

    assert seen == [
        ("Text of about.", "Written afterwards.", True),
        ("Approved.", "Written afterwards.", False),
        ("Approved.", "Written afterwards.", False),
    ]
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert (page.shown_version, page.version, page.published_at) == (2, 3, NOON)
        assert page.updated_at == NOON + HOUR


def test_a_plan_can_be_taken_back_and_ends_with_the_page(within, make_platform, make_page, change):
    platform = make_platform()
    page_id = make_page(platform)
    change(platform, page_id, body="New.", slug="us")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.publish(session, page, at=NOON + HOUR, now=NOON)
        publication_service.cancel_plan(session, page)
        publication_service.announce_due(session, now=NOON + 2 * HOUR)
        assert page.text_in("en").body == "Text of about."

        publication_service.publish(session, page, at=NOON + 3 * HOUR, now=NOON + 2 * HOUR)
        with pytest.raises(NotPublishable):  # the end would come before what is planned
            publication_service.plan_end(session, page, until=NOON + 3 * HOUR, now=NOON + 2 * HOUR)
        publication_service.unpublish(session, page, now=NOON + 2 * HOUR)

        assert (page.planned_at, page.has_draft, page.published_at) == (None, False, None)
        assert (page.slug, page.text_in("en").body) == ("us", "New.")  # the page is what was written last


def test_an_end_is_planned_and_taken_back_without_touching_what_is_public(
    within, make_platform, make_page, change
):
    platform = make_platform()
    page_id = make_page(platform)
    change(platform, page_id, body="New.")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.plan_end(session, page, until=NOON + HOUR, now=NOON)
        publication_service.publish(session, page, at=NOON, now=NOON)
        assert page.unpublish_at == NOON + HOUR  # publishing the changes leaves the end as it was planned
        publication_service.plan_end(session, page, until=None, now=NOON)
        assert (page.unpublish_at, page.published_at) == (None, NOON)


def test_nobody_takes_the_address_that_a_draft_will_have(within, make_platform, make_page, change):
    platform = make_platform()
    first, second = make_page(platform, "a"), make_page(platform, "b")
    change(platform, first, slug="new")

    with pytest.raises(SlugTaken):
        change(platform, second, slug="new")
    with pytest.raises(SlugTaken):
        make_page(platform, "new")
    change(platform, first, slug="new", body="The same page may keep it.")
    with within(platform) as session:
        page = page_service.get_page(session, first)
        publication_service.publish(session, page, at=NOON, now=NOON)
        assert (
            redirect_service.find_target(session, "a", vendor_id=None, at=NOON, ask_routes=nobody) == "/new"
        )
    change(platform, second, slug="a")  # the old address is free again


def test_a_plan_whose_address_was_taken_meanwhile_leaves_what_is_public(
    within, make_platform, make_page, change
):
    platform = make_platform()
    first, second = make_page(platform, "a"), make_page(platform, "b")
    change(platform, first, slug="new", body="New.")
    with within(platform) as session:
        publication_service.publish(session, page_service.get_page(session, first), at=NOON + HOUR, now=NOON)
        session.execute(sa.update(Page).where(Page.id == second).values(slug="new"))

    with within(platform) as session:
        publication_service.announce_due(session, now=NOON + HOUR)
        page = page_service.get_page(session, first)
        assert (page.slug, page.planned_at, page.has_draft) == ("a", None, True)
        publication_service.unpublish(session, page, now=NOON + HOUR)
        assert (page.slug, page.text_in("en").body, page.has_draft) == ("a", "New.", False)


def test_a_picture_stays_while_the_public_or_a_draft_or_a_plan_shows_it(
    within, make_platform, make_page, change, picture, tmp_path
):
    platform = make_platform()
    page_id = make_page(platform)

    def add(name):
        with within(platform) as session:
            media = media_service.add_media(
                session, picture(), platform_id=platform.id, name=name, folder=tmp_path, at=NOON, alt=name
            )
            return media.id, media.key

    def is_kept(media_id):
        with within(platform) as session:
            media = media_service.get_media(session, media_id)
            try:
                with session.begin_nested() as trial:
                    usage_service.delete_media(session, media, folder=tmp_path)
                    trial.rollback()
            except MediaInUse:
                return True
            return False

    (live, live_key), (planned, planned_key), (drafted, drafted_key) = add("live"), add("plan"), add("draft")
    change(platform, page_id, body=f"![](media:{live_key})")
    with within(platform) as session:
        publication_service.publish(session, page_service.get_page(session, page_id), at=NOON, now=NOON)
    change(platform, page_id, body=f"![](media:{planned_key})")
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.publish(session, page, at=NOON + HOUR, now=NOON)
        with pytest.raises(NotPublishable):  # it will be shown, and needs its description then
            publication_service.describe(session, media_service.get_media(session, planned), {"en": ""})
    change(platform, page_id, body=f"![x](media:{drafted_key})")
    assert [is_kept(one) for one in (live, planned, drafted)] == [True, True, True]

    with within(platform) as session:
        publication_service.announce_due(session, now=NOON + HOUR)
    assert [is_kept(one) for one in (live, planned, drafted)] == [False, True, True]
    with within(platform) as session:
        publication_service.discard(
            session, page_service.get_page(session, page_id), seen=None, author=ANN, at=NOON
        )
    assert [is_kept(one) for one in (live, planned, drafted)] == [False, True, False]


def test_what_somebody_else_wrote_meanwhile_is_neither_published_nor_discarded(
    within, make_platform, make_page, change
):
    platform = make_platform()
    page_id = make_page(platform)
    change(platform, page_id, body="Mine.")
    with within(platform) as session:
        seen = revision_service.digest_of(
            draft_service.written_page(session, page_service.get_page(session, page_id))
        )
    change(platform, page_id, body="Theirs.")

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        with pytest.raises(PageChangedMeanwhile):
            publication_service.publish(session, page, at=NOON, now=NOON, seen=seen)
        with pytest.raises(PageChangedMeanwhile):
            publication_service.discard(session, page, seen=seen, author=ANN, at=NOON)
        assert (page.text_in("en").body, page.version) == ("Text of about.", 3)


def test_publishing_and_saving_at_the_same_moment_lose_nothing(app, within, make_platform, make_page, change):
    platform = make_platform()
    page_id = make_page(platform)
    change(platform, page_id, body="Text 0.")

    def work(number):
        with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
            page = page_service.get_page(session, page_id)
            if number % 2:
                publication_service.publish(session, page, at=NOON, now=NOON)
            else:
                form = PageForm(title="About", slug="about", body=f"Text {number}.")
                page_service.update_page(session, page, form, locale="en", author=ANN, at=NOON)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(12)))

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        revisions = {one.number: one.content for one in revision_service.list_revisions(session, page)}
        assert sorted(revisions) == list(range(1, page.version + 1))
        assert revisions[page.shown_version] == revision_service.content_of(page)
        written = draft_service.written_page(session, page)
        assert revisions[page.version] == revision_service.content_of(written)


@pytest.mark.backends("sqlite")
def test_staff_writes_on_a_public_page_and_somebody_else_publishes_it(
    make_client, make_platform, make_vendor, make_user, sign_in, make_page
):
    platform = make_platform()
    vendor = make_vendor(platform)
    page_id = make_page(platform, vendor=vendor, body="Old.")
    base, shop = f"/vendor/{vendor.code}/pages/{page_id}", f"/vendors/{vendor.code}"
    staff, owner, stranger = make_client(), make_client(), make_client()
    sign_in(staff, make_user(staff_of=vendor))
    sign_in(owner, make_user(owner_of=vendor))
    sign_in(stranger, make_user())

    staff.post(base, data={**FORM, "body": "New."})
    assert staff.post(f"{base}/publication").status_code == 403
    assert staff.post(f"{base}/publication/end").status_code == 403

    preview = f"{shop}/page-preview/{page_id}"
    assert f'href="{preview}?lang=en"' in staff.get(f"{base}/edit").text
    shown = staff.get(preview)
    assert "New." in shown.text
    assert "Version 2, which is not published." in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert f'href="{shop}/"' in shown.text  # in the frame of this shop
    assert stranger.get(preview).status_code == 404
    assert make_client().get(preview).status_code == 302
    assert owner.get(f"/page-preview/{page_id}").status_code == 404
    assert "Old." in stranger.get(f"{shop}/about").text

    owner.post(f"{base}/publication", data={"version": seen_in(owner.get(f"{base}/edit").text, whole=True)})
    assert "New." in stranger.get(f"{shop}/about").text


@pytest.mark.backends("sqlite")
def test_times_of_a_plan_are_shown_and_refused_in_words(admin, public):
    address = f"/admin/pages/{public}"
    admin.post(address, data={**FORM, "body": "New."})

    said = admin.post(f"{address}/publication", data={"at": "2099-01-01T10:00"}, follow_redirects=True).text
    assert "The changes will be published." in said
    assert "Version 2 will be published at" in said
    assert "Planned for" in admin.get(f"{address}/versions").text
    said = admin.post(f"{address}/publication/end", data={"until": "2098-01-01T10:00"}, follow_redirects=True)
    assert "later than that of publishing" in said.text
    said = admin.post(f"{address}/publication/end", data={"until": "x"}, follow_redirects=True).text
    assert "Enter a valid date and time." in said
    admin.post(f"{address}/publication/end", data={"until": "2099-06-01T10:00"})
    assert re.search(r'name="until"[^>]*value="2099-06-01T10:00"', admin.get(f"{address}/edit").text)
    said = admin.post(f"{address}/publication/plan/removal", follow_redirects=True).text
    assert "will be published at" not in said
    said = admin.post(f"{address}/publication", data={"version": "other"}, follow_redirects=True).text
    assert "Nothing was published." in said
    said = admin.post(f"{address}/draft/removal", data={"version": "other"}, follow_redirects=True).text
    assert "Nothing was discarded." in said


@pytest.mark.backends("sqlite")
def test_a_time_that_is_refused_stays_in_its_field(admin, public):
    address = f"/admin/pages/{public}"
    admin.post(address, data={**FORM, "body": "New."})

    for path, sent, words in (
        (
            "publication",
            {"at": "2099-01-01T10:00", "until": "2098-01-01T10:00"},
            "later than that of publishing",
        ),
        ("publication/end", {"until": "2020-01-01T10:00"}, "later than that of publishing"),
        ("publication/end", {"until": "tomorrow"}, "Enter a valid date and time."),
    ):
        answer = admin.post(f"{address}/{path}", data=sent)
        assert answer.status_code == 422
        assert words in answer.text
        for name, text in sent.items():
            assert re.search(rf'name="{name}"[^>]*value="{text}"', answer.text)
        assert re.search(r'name="until"[^>]*aria-invalid="true"', answer.text)
    assert "New." in admin.get(f"{address}/edit").text


def test_pages_with_drafts_cost_a_list_one_query_more(
    within, make_platform, make_page, change, count_queries
):
    platform = make_platform()
    ids = [make_page(platform, f"page-{number}") for number in range(5)]
    for page_id in ids:
        change(platform, page_id, slug=f"page-{page_id}-new")
    with within(platform) as session:
        pages = page_service.list_pages(session)
        with count_queries() as queries:
            written = draft_service.written_pages(session, pages)
        assert len(queries) == 1
        assert {one.slug for one in written.values()} == {f"page-{page_id}-new" for page_id in ids}
