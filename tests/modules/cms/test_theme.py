"""The look of a shop."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from modules.cms.schemas.theme import ThemeForm, contrast
from modules.cms.services import theme_service
from wizamart import clock
from wizamart.database import hold_row, unit_of_work
from wizamart.exceptions import NotFound
from wizamart.platforms import scoped

pytestmark = pytest.mark.backends("sqlite")
LOOK = {
    "logo_text": "Fabula",
    "accent": "#7a1f4b",
    "accent_dark": "#ffb3d9",
    "font": "serif",
    "corners": "square",
}


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_style_sheet_holds_the_colours():
    css = theme_service.stylesheet(ThemeForm(**LOOK))

    assert "--wz-accent: light-dark(#7a1f4b, #ffb3d9);" in css
    assert "Fabula" not in css


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent", "#ffee00"),
        ("accent_dark", "#101010"),
        ("accent", "red"),
        ("accent", "#123456;}body{display:none"),
        ("font", "comic"),
    ],
)
def test_what_cannot_be_read_comes_back_at_its_field(admin, field, value):
    answer = admin.post("/admin/theme", data={**LOOK, field: value})

    assert answer.status_code == 422
    assert f'id="field-{field}-errors"' in answer.text


def test_a_saved_look_is_on_every_page_of_the_shop(admin, make_page):
    make_page(admin.platform)
    assert "theme.css" not in admin.get("/about").text
    assert admin.get("/theme.css").status_code == 404

    assert admin.post("/admin/theme", data=LOOK).status_code == 303

    page = admin.get("/about").text
    address = re.search(r'href="(/theme\.css[^"]*)"', page)[1].replace("&amp;", "&")
    css = admin.get(address)
    assert "#7a1f4b" in css.text
    assert css.mimetype == "text/css"
    assert "Fabula" in page
    assert "<title>Your account · Fabula</title>" in admin.get("/account").text

    admin.post("/admin/theme/removal")
    assert "theme.css" not in admin.get("/about").text


def test_a_preview_saves_nothing(admin, make_page):
    make_page(admin.platform)

    page = admin.post("/admin/theme/preview", data=LOOK).text
    address = re.search(r'href="(/admin/theme/preview\.css[^"]*)"', page)[1].replace("&amp;", "&")

    assert "#7a1f4b" in admin.get(address).text
    assert "Fabula" in page
    assert admin.get("/admin/theme/preview.css?accent=red").status_code == 404
    assert "theme.css" not in admin.get("/about").text


@pytest.mark.backends("sqlite", "postgresql")
def test_a_vendor_has_a_look_of_its_own(client, make_platform, make_vendor, make_user, sign_in, make_page):
    platform = make_platform()
    vendor, other = make_vendor(platform), make_vendor(platform)
    make_page(platform)
    sign_in(client, make_user(owner_of=vendor))

    client.post(f"/vendor/{vendor.code}/theme", data=LOOK)

    assert "#7a1f4b" in client.get(f"/vendors/{vendor.code}/theme.css").text
    assert client.get(f"/vendors/{other.code}/theme.css").status_code == 404
    assert client.get("/theme.css").status_code == 404


@pytest.mark.backends("sqlite", "postgresql")
def test_a_vendor_begins_with_the_look_of_the_platform(admin, make_client, make_vendor, make_user, sign_in):
    vendor = make_vendor(admin.platform)
    admin.post("/admin/theme", data=LOOK)
    owner = make_client()
    sign_in(owner, make_user(owner_of=vendor))
    page = owner.get(f"/vendor/{vendor.code}/theme").text
    opened = re.search(r'name="~version" value="([0-9a-f]+)"', page)[1]

    saved = owner.post(f"/vendor/{vendor.code}/theme", data={**LOOK, "accent": "#224466", "~version": opened})

    assert "#7a1f4b" in page
    assert saved.status_code == 303
    assert "#224466" in owner.get(f"/vendors/{vendor.code}/theme.css").text
    assert "#7a1f4b" in admin.get("/theme.css").text


def test_a_logo_stands_in_the_head_and_in_the_preview(admin, make_page, picture):
    make_page(admin.platform)
    upload = {"file": (io.BytesIO(picture("PNG", (400, 100))), "logo.png")}
    number = admin.post("/admin/media", data=upload).location.rsplit("/", 1)[1]
    look = {**LOOK, "logo_id": number, "heading_font": "mono"}

    preview = admin.post("/admin/theme/preview", data=look).text
    assert '<img class="wz-shop-logo"' in preview
    assert '<img class="wz-shop-logo"' not in admin.get("/about").text
    assert admin.post("/admin/theme", data=look).status_code == 303

    assert '<img class="wz-shop-logo"' in admin.get("/about").text
    assert 'alt="Fabula"' in admin.get("/about").text
    assert "--wz-font-headings: ui-monospace" in admin.get("/theme.css").text
    form = admin.get("/admin/theme").text
    assert f'name="logo_id" value="{number}"' in form
    assert "Contrast" in form
    assert "readable" in form
    bad = admin.post("/admin/theme", data={**look, "accent": "#eeeeee"})
    assert bad.status_code == 422
    assert "hard to read" in bad.text
    admin.post(f"/admin/media/{number}/removal")
    assert "Look of the shop" in admin.get(f"/admin/media/{number}").text


@pytest.mark.backends("sqlite", "postgresql")
def test_a_look_that_somebody_else_saved_meanwhile_is_not_overwritten_unseen(admin):
    admin.post("/admin/theme", data=LOOK)
    opened = re.search(r'name="~version" value="([0-9a-f]+)"', admin.get("/admin/theme").text)[1]

    assert (
        admin.post("/admin/theme", data={**LOOK, "corners": "round", "~version": opened}).status_code == 303
    )
    mine = {**LOOK, "accent": "#224466", "~version": opened}
    refused = admin.post("/admin/theme", data=mine)

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert "#224466" in refused.text
    assert admin.post("/admin/theme/preview", data=mine).status_code == 200
    again = re.search(r'name="~version" value="([0-9a-f]+)"', refused.text)[1]
    assert admin.post("/admin/theme", data={**mine, "~version": again}).status_code == 303


@pytest.mark.backends("sqlite", "postgresql")
def test_many_who_choose_a_first_look_or_give_it_up_at_once_get_in_nobodys_way(app, make_platform):
    platform = make_platform()

    def choose(number):
        with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
            if number % 3:
                theme_service.save_theme(session, ThemeForm(**LOOK), platform_id=platform.id, at=clock.now())
            else:
                theme_service.reset_theme(session, platform_id=platform.id)

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(choose, range(24))) == [None] * 24


@pytest.mark.backends("sqlite", "postgresql")
def test_a_look_that_is_given_up_meanwhile_cannot_be_held(app, make_platform):
    platform = make_platform()
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
        theme = theme_service.save_theme(session, ThemeForm(**LOOK), platform_id=platform.id, at=clock.now())
        session.flush()
        session.execute(sa.delete(type(theme)).execution_options(synchronize_session=False))

        with pytest.raises(NotFound):
            hold_row(theme)
        session.expunge(theme)
