"""Where pictures are used, choosing them, and that what is in use stays."""

import functools
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from modules.cms.exceptions import MediaInUse
from modules.cms.models.media import Media
from modules.cms.schemas.page import PageForm
from modules.cms.schemas.theme import ThemeForm
from modules.cms.services import media_service, page_service, theme_service, usage_service
from wizamart.module_system.contributions import Contribution

from .conftest import ANN, NOON


@pytest.fixture
def add(within, picture, settings):
    """Return `add(platform, name, vendor=None, size=(700, 500), **alts)`: the id of a new picture."""

    def make(platform, name="cat.png", vendor=None, size=(700, 500), **alts):
        with within(platform) as session:
            media = media_service.add_media(
                session,
                picture("PNG", size),
                platform_id=platform.id,
                vendor_id=vendor.id if vendor else None,
                name=name,
                folder=settings.media_path,
                at=NOON,
            )
            media_service.update_alts(media, alts)
            return media.id

    return make


def test_uses_are_found_in_pages_themes_and_elsewhere_in_as_many_queries_for_many(
    within, make_platform, make_page, add, count_queries
):
    platform = make_platform()
    ids = [add(platform, f"{number}.png", size=(20, 20)) for number in range(6)]
    page_id = make_page(platform)
    with within(platform) as session:
        keys = session.scalars(sa.select(Media.key).order_by(Media.id)).all()
        page = page_service.get_page(session, page_id)
        body = f"![x](media:{keys[0]})\n\n![y](<media:{keys[1]}>)"
        form = PageForm(title="Cats", slug="cats", body=body, picture_id=ids[2])
        page_service.update_page(session, page, form, locale="en", author=ANN, at=NOON)
        theme_service.save_theme(session, ThemeForm(logo_id=ids[3]), platform_id=platform.id, at=NOON)

    def elsewhere(media_ids):
        return [
            {"media_id": number, "label": "Candle", "url": "/x"} for number in media_ids if number == ids[4]
        ]

    with within(platform) as session:
        with count_queries() as few:
            usage_service.list_uses(session, ids[:1])
        with count_queries() as queries:
            uses = usage_service.list_uses(session, ids, ask_others=elsewhere)
        assert len(queries) <= len(few) + 1, str(queries)
        assert {use.media_id: (bool(use.page), use.is_theme, use.label) for use in uses} == {
            ids[0]: (True, False, ""),
            ids[1]: (True, False, ""),
            ids[2]: (True, False, ""),
            ids[3]: (False, True, ""),
            ids[4]: (False, False, "Candle"),
        }


def test_what_is_in_use_stays_even_where_its_user_cannot_say_so(
    within, make_platform, make_page, add, settings
):
    platform = make_platform()
    used, free = add(platform), add(platform, "dog.png")
    with within(platform) as session:
        theme_service.save_theme(session, ThemeForm(logo_id=used), platform_id=platform.id, at=NOON)
    files = sorted(settings.media_path.rglob("*.*"))
    assert len(files) == 8  # each with copies of 160, 320 and 640 pixels

    with within(platform) as session:
        media = media_service.get_media(session, used)
        with pytest.raises(MediaInUse) as refused:
            usage_service.delete_media(session, media, folder=settings.media_path)
        assert refused.value.uses[0].is_theme
        with (
            pytest.MonkeyPatch.context() as patch
        ):  # a module that is off: only its row in the database knows
            patch.setattr(usage_service, "list_uses", lambda *_args, **_more: [])
            with pytest.raises(MediaInUse):
                usage_service.delete_media(session, media, folder=settings.media_path)
        usage_service.delete_media(
            session, media_service.get_media(session, free), folder=settings.media_path
        )
    assert len(list(settings.media_path.rglob("*.*"))) == 4
    with within(platform) as session:
        assert session.scalars(sa.select(Media.id)).all() == [used]


@pytest.mark.backends("sqlite")
def test_another_modules_use_stands_on_the_page_of_the_picture(admin, app, add, monkeypatch):
    number = add(admin.platform, en="A cat")

    def provide(_session, *, platform_id, media_ids):
        return [
            {"media_id": one, "label": f"Candle {platform_id}", "url": "/admin/products/1"}
            for one in media_ids
        ]

    known = app.modules.contributions._by_hook
    monkeypatch.setitem(known, "cms.media_usage", [Contribution("core", provide, 100)])

    page = admin.get(f"/admin/media/{number}").text
    listed = admin.get("/admin/media").text
    kept = admin.post(f"/admin/media/{number}/removal", follow_redirects=True).text

    assert f'<a href="/admin/products/1">Candle {admin.platform.id}</a>' in page
    assert "cannot be deleted" in page
    assert "In use" in listed
    assert "This picture is in use." in kept


@pytest.mark.backends("sqlite")
def test_the_picker_offers_what_may_be_shown(
    client, make_platform, make_vendor, make_user, sign_in, add, count_queries
):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    (
        add(platform, "platform.png", en="A cat"),
        add(platform, "own.png", vendor),
        add(platform, "theirs.png", other),
    )
    sign_in(client, make_user(owner_of=vendor))
    base = f"/vendor/{vendor.code}/media/choice"
    part = client.get(base, headers={"HX-Request": "true"}).text
    page = client.get(base).text

    assert '<h2 id="cms-picker-title">' in part
    assert "<!doctype" not in part
    assert "platform.png" in part
    assert "own.png" in part
    assert "theirs.png" not in part
    assert "Number " in page
    assert "platform.png" not in client.get(f"{base}?owner=own").text
    assert "own.png" not in client.get(f"{base}?owner=platform").text
    assert "own.png" not in client.get(f"{base}?search=a+cat").text

    sign_in(client, make_user(admin_of=platform))
    assert "own.png" not in client.get("/admin/media/choice").text
    assert "own.png" in client.get(f"/admin/media/choice?vendor={vendor.id}").text
    assert client.get("/admin/media/choice?vendor=x").status_code == 200
    with count_queries() as few:
        client.get("/admin/media/choice")
    for number in range(5):
        add(platform, f"{number}.png", size=(20, 20))
    with count_queries() as many:
        client.get("/admin/media/choice")
    assert len(many) == len(few), str(many)


@pytest.mark.backends("sqlite")
def test_the_library_costs_the_same_for_many_pictures_and_is_searched(admin, add, count_queries):
    add(admin.platform, en="A grey cat")
    admin.get("/admin/media")
    with count_queries() as few:
        admin.get("/admin/media")
    for number in range(5):
        add(admin.platform, f"{number}.png", size=(20, 20))
    with count_queries() as many:
        admin.get("/admin/media")

    assert len(many) == len(few), str(many)
    assert "0.png" in admin.get("/admin/media").text
    assert "0.png" not in admin.get("/admin/media?search=grey").text
    assert "/admin/media/1" in admin.get("/admin/search?q=grey").text


def test_files_that_belong_to_no_picture_are_swept_away(within, make_platform, add, settings):
    platform = make_platform()
    add(platform)
    gone = settings.media_path / "cms" / str(platform.id) / f"{'x' * 22}-160.webp"
    gone.write_bytes(b"left behind")
    later = datetime.fromtimestamp(gone.stat().st_mtime + 1, UTC)
    with within(platform) as session:
        sweep = functools.partial(
            media_service.sweep_files, session, platform_id=platform.id, folder=settings.media_path
        )
        assert sweep(before=later - timedelta(minutes=1)) == 0
        assert sweep(before=later) == 1
        assert sweep(before=later) == 0
        assert (
            media_service.sweep_files(session, platform_id=999, folder=settings.media_path, before=later) == 0
        )
    assert len(list(settings.media_path.rglob("*.*"))) == 4


def test_numbers_from_the_picker_are_read_in_their_order_and_found_in_it(
    within, make_platform, make_vendor, add, count_queries
):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    one, own, theirs = add(platform), add(platform, vendor=vendor), add(platform, vendor=other)

    ids = media_service.parse_ids(f"{own}\r\n{theirs}\r\n\r\nx -1 99999999999 {one}, {own}")

    assert ids == [own, theirs, one]
    with within(platform) as session, count_queries() as queries:
        found = media_service.list_by_ids(session, ids, vendor_id=vendor.id)
        assert [media.id for media in found] == [own, one]
        assert len(queries) == 1
        assert [media.id for media in media_service.list_by_ids(session, ids)] == [one]
        assert media_service.list_by_ids(session, []) == []


@pytest.mark.backends("sqlite")
def test_addresses_name_the_smallest_copy_that_fits(within, make_platform, add):
    platform = make_platform()
    with within(platform) as session:
        media = media_service.get_media(session, add(platform, size=(700, 350), fr="Un chat"))
        addresses = [media.path(width) for width in (1, 160, 161, 640, 641)]

        assert [re.sub(r"[\w-]{22}", "key", address) for address in addresses] == [
            "/media/160/key.webp",
            "/media/160/key.webp",
            "/media/320/key.webp",
            "/media/640/key.webp",
            "/media/key.png",
        ]
        assert media.path() == f"/media/{media.key}.png"
        assert media.height_at(320) == 160
        assert media.source_set("/r").endswith(f"/r/media/{media.key}.png 700w")
        assert (media.alt_in("en", "de"), media.alt_in("fr")) == ("Un chat", "Un chat")
        assert media_service.missing_alts(media, ("en", "fr")) == ["en"]
