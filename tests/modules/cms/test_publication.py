"""When pages are public, and that others are told exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.cms.exceptions import NotPublishable
from modules.cms.models.page import Page
from modules.cms.schemas.page import PageForm
from modules.cms.services import media_service, page_service, publication_service
from modules.cms.tasks import announce_pages
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.module_system import events as module_events
from wizamart.platforms import scoped
from wizamart.queue.models import Task

from .conftest import ANN, NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def told(app, monkeypatch):
    """What was said of pages, in its order: name of the event, slug."""
    heard = []
    dispatchers = list(module_events._dispatch)

    def listen(session, name, payload, platform_id, vendor_id):
        heard.append((name, payload.slug))
        for dispatch in dispatchers:
            dispatch(session, name, payload, platform_id, vendor_id)

    monkeypatch.setattr(module_events, "_dispatch", [listen])
    return heard


def test_a_planned_page_comes_and_goes_and_each_is_told_once(within, make_platform, make_page, told):
    platform = make_platform()
    page_id = make_page(platform, published_at=None)
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.publish(session, page, at=NOON + HOUR, until=NOON + 3 * HOUR, now=NOON)
    assert told == []

    for hours, live, said in (
        (0, False, []),
        (1, True, ["cms.page_published"]),
        (2, True, ["cms.page_published"]),
        (3, False, ["cms.page_published", "cms.page_unpublished"]),
        (4, False, ["cms.page_published", "cms.page_unpublished"]),
    ):
        now = NOON + hours * HOUR
        with within(platform) as session:
            is_live = page_service.find_live(session, "about", vendor_id=None, at=now) is not None
            publication_service.announce_due(session, now=now)
        assert (is_live, [name for name, _slug in told]) == (live, said)
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        assert (page.published_at, page.unpublish_at, page.announced_at) == (None, None, None)


def test_a_page_is_told_of_when_it_is_published_and_not_again_when_its_end_is_planned(
    within, make_platform, make_page, told
):
    platform = make_platform()
    page_id = make_page(platform)
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.publish(session, page, at=NOON, until=NOON + HOUR, now=NOON)
        publication_service.announce_due(session, now=NOON)
        assert page.unpublish_at == NOON + HOUR
    assert told == [("cms.page_published", "about")]

    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        publication_service.unpublish(session, page, now=NOON)
        publication_service.unpublish(session, page, now=NOON)
        publication_service.publish(session, page, at=NOON, now=NOON)
    assert [name for name, _slug in told] == [
        "cms.page_published",
        "cms.page_unpublished",
        "cms.page_published",
    ]


def test_a_planned_page_that_is_taken_back_is_told_of_to_nobody(within, make_platform, make_page, told):
    platform = make_platform()
    page_id = make_page(platform, published_at=NOON + HOUR)
    with within(platform) as session:
        publication_service.unpublish(session, page_service.get_page(session, page_id), now=NOON)
        publication_service.announce_due(session, now=NOON + 2 * HOUR)

    assert told == []


def test_many_workers_at_once_tell_of_a_page_once(app, within, make_platform, make_page, told):
    platform = make_platform()
    for number in range(3):
        make_page(platform, f"page-{number}", published_at=NOON + HOUR)

    def announce(_number):
        with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
            publication_service.announce_due(session, now=NOON + 2 * HOUR)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(announce, range(8)))

    assert sorted(told) == [("cms.page_published", f"page-{number}") for number in range(3)]


@pytest.mark.backends("sqlite")
def test_the_task_runs_at_the_moment_that_was_set(within, make_platform, make_page):
    platform = make_platform()
    soon = clock.now() + HOUR
    page_id = make_page(platform, published_at=soon)

    with within(platform) as session:
        tasks = session.scalars(sa.select(Task).where(Task.name == publication_service.ANNOUNCE)).all()
        assert soon in [task.run_at for task in tasks]
        page = page_service.get_page(session, page_id)
        page.published_at = clock.now() - HOUR

        class Context:
            pass

        Context.session = session
        assert announce_pages(Context) == 1
        assert announce_pages(Context) == 0
        assert page.announced_at is not None


@pytest.mark.backends("sqlite")
def test_an_end_before_the_beginning_is_refused(admin, within, make_page):
    page_id = make_page(admin.platform, published_at=None)
    with within(admin.platform) as session:
        page = page_service.get_page(session, page_id)
        for at, until in ((NOON + HOUR, NOON + HOUR), (NOON - HOUR, NOON), (NOON, NOON - HOUR)):
            with pytest.raises(NotPublishable):
                publication_service.publish(session, page, at=at, until=until, now=NOON)

    said = admin.post(
        f"/admin/pages/{page_id}/publication", data={"until": "2020-01-01T10:00"}, follow_redirects=True
    )
    assert "later than that of publishing" in said.text
    admin.post(
        f"/admin/pages/{page_id}/publication", data={"at": "2099-01-01T10:00", "until": "2099-02-01T10:00"}
    )
    listed = admin.get("/admin/pages").text
    assert "Planned" in listed
    assert "2099" in listed
    assert "About" in admin.get("/admin/pages?state=planned").text
    assert ">About<" not in admin.get("/admin/pages?state=public").text


def test_a_page_is_published_only_with_its_pictures_described_in_its_languages(
    within, make_platform, make_page, picture, tmp_path
):
    platform = make_platform()
    page_id = make_page(platform, published_at=None)
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        cat = media_service.add_media(
            session, picture(), platform_id=platform.id, name="cat.png", folder=tmp_path, at=NOON
        )
        for locale, body in (
            ("en", f"![](media:{cat.key})"),
            ("fr", f"![Un chat](media:{cat.key})"),
            ("de", "Nichts"),
        ):
            form = PageForm(title="Cats", slug="about", body=body)
            page_service.update_page(session, page, form, locale=locale, author=ANN, at=NOON)

        with pytest.raises(NotPublishable) as refused:
            publication_service.publish(session, page, at=NOON, now=NOON)
        assert refused.value.errors == {"": ["The picture cat.png has no description in English."]}

        media_service.update_alts(cat, {"en": "A cat"})
        publication_service.publish(session, page, at=NOON, now=NOON)

        page.picture_id = cat.id
        with pytest.raises(NotPublishable) as refused:
            publication_service.refuse_gaps(session, page)
        assert (
            len(refused.value.errors[""]) == 2
        )  # French and German: what is passed on has no text of its own
        page.picture_id = None

        for change in ({"en": ""}, {"en": "x" * 301}):
            with pytest.raises(NotPublishable) as refused:
                publication_service.describe(session, cat, change)
            assert list(refused.value.errors) == ["alt-en"]
        publication_service.describe(session, cat, {"en": "Two cats", "de": ""})
        assert cat.alts == {"en": "Two cats"}


def test_changes_of_a_public_page_are_not_published_with_a_picture_that_is_not_described(
    within, make_platform, make_page, picture, tmp_path
):
    platform = make_platform()
    page_id = make_page(platform)
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        cat = media_service.add_media(
            session, picture(), platform_id=platform.id, name="cat.png", folder=tmp_path, at=NOON
        )
        form = PageForm(title="Cats", slug="cats", body=f"![](media:{cat.key})")
        page_service.update_page(session, page, form, locale="fr", author=ANN, at=NOON)

        with pytest.raises(NotPublishable):
            publication_service.publish(session, page, at=NOON, now=NOON)

        assert (page.slug, page.shown_version, page.version, len(page.texts)) == ("about", 1, 2, 1)
        assert session.scalar(sa.select(sa.func.count()).select_from(Page)) == 1
