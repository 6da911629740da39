"""The library of pictures."""

import io
import re

import pytest
from PIL import Image

from modules.cms import health
from modules.cms.exceptions import PictureRefused
from modules.cms.routes import media
from modules.cms.services import picture as pictures
from modules.cms.services.picture import read_picture

pytestmark = pytest.mark.backends("sqlite")
NEW = {"title": "About", "slug": "about", "placement": "none", "position": "1"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _upload(client, content, name="cat.png", alt="A cat"):
    return client.post("/admin/media", data={"file": (io.BytesIO(content), name), "alt": alt})


def test_a_picture_is_known_by_its_content_and_not_by_its_name(picture):
    assert read_picture(picture("JPEG")).extension == "jpg"
    assert read_picture(picture("WEBP")).extension == "webp"


@pytest.mark.parametrize(
    "content", [b"", b"hello", SVG, b"\x89PNG\r\n\x1a\n broken", b"GIF89a\x01\x00\x01\x00"]
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(PictureRefused):
        read_picture(content)


def test_a_broken_picture_is_refused(picture):
    with pytest.raises(PictureRefused):
        read_picture(picture("PNG", (300, 300))[:120])


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(picture, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)

    with pytest.raises(PictureRefused):
        read_picture(picture("PNG", (40, 30)))


def test_a_file_that_is_too_large_is_refused(picture, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_BYTES", 10)

    with pytest.raises(PictureRefused):
        read_picture(picture())


def test_metadata_and_what_hangs_behind_the_picture_do_not_come_through(picture):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    content = picture("JPEG", exif=exif) + b"<script>alert(1)</script>"

    stored = read_picture(content).content

    assert b"taken at home" in content
    assert b"taken at home" not in stored
    assert b"<script" not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()


def test_a_large_picture_is_made_smaller(picture):
    stored = read_picture(picture("PNG", (4000, 10)))

    assert (stored.width, stored.height) == (2400, 6)


def test_an_uploaded_picture_is_served_under_its_checked_type(admin, picture):
    answer = _upload(admin, picture("PNG"), name="../evil.html")
    page = admin.get(answer.location).text
    address = re.search(r'src="(/media/[^"]+)"', page)[1]

    sent = admin.get(address)

    assert answer.status_code == 303
    assert (sent.status_code, sent.mimetype) == (200, "image/png")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "evil" not in address
    assert admin.get(address.replace(".png", ".jpg")).status_code == 404
    assert admin.get("/media/..%2f..%2fwizamart.db").status_code == 404


def test_a_wrong_file_and_none_come_back_at_their_field(admin):
    svg, none = _upload(admin, SVG, "x.svg"), admin.post("/admin/media")

    assert svg.status_code == none.status_code == 422
    assert 'id="field-file-error"' in svg.text
    assert 'id="field-file-error"' in none.text


def test_a_picture_that_a_page_shows_cannot_be_deleted(admin, picture, settings):
    detail = _upload(admin, picture()).location
    key = re.search(r"media:([\w-]+)\)", admin.get(detail).text)[1]
    editor = admin.post("/admin/pages", data={**NEW, "body": f"![A cat](media:{key})"}).location
    admin.post(editor.replace("/edit", "/publication"))

    assert f'<img src="/media/{key}.png" alt="A cat"' in admin.get("/about").text
    assert "About" in admin.get(detail).text
    admin.post(f"{detail}/removal")
    assert admin.get(detail).status_code == 200

    admin.post(editor.replace("/edit", ""), data={**NEW, "body": "No cat"})
    admin.post(f"{detail}/removal")
    assert admin.get(detail).status_code == 200  # the public still sees it
    admin.post(editor.replace("/edit", "/publication"))
    admin.post(f"{detail}/removal")
    assert admin.get(detail).status_code == 404
    assert not list(settings.media_path.rglob(f"{key}*"))


def test_a_description_can_be_changed(admin, picture):
    detail = _upload(admin, picture()).location

    admin.post(detail, data={"alt-en": "Two cats", "alt-fr": "Deux chats", "alt-de": "", "alt-lb": "x" * 301})
    assert 'value="Deux chats"' not in admin.get(detail).text
    admin.post(detail, data={"alt-en": "Two cats", "alt-fr": "Deux chats"})

    assert 'alt="Two cats"' in admin.get(detail).text
    assert 'value="Deux chats"' in admin.get(detail).text
    assert "Description missing: de, lb" in admin.get("/admin/media").text
    assert "cat.png" in admin.get("/admin/media?missing=de").text
    assert "cat.png" not in admin.get("/admin/media?missing=fr").text
    assert "cat.png" in admin.get("/admin/media?search=two").text


def test_descriptions_that_somebody_else_wrote_meanwhile_are_not_overwritten_unseen(admin, picture):
    detail = _upload(admin, picture()).location
    opened = re.search(r'name="~version" value="([0-9a-f]+)"', admin.get(detail).text)[1]

    assert admin.post(detail, data={"alt-en": "Two cats", "~version": opened}).status_code == 303
    refused = admin.post(detail, data={"alt-en": "A cat", "~version": opened})

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert 'value="A cat"' in refused.text
    assert 'alt="Two cats"' in admin.get(detail).text


def test_another_vendors_picture_is_not_found(
    client, make_platform, make_vendor, make_user, sign_in, picture
):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    owner = make_user(owner_of=mine)
    sign_in(client, owner)
    data = {"file": (io.BytesIO(picture()), "cat.png"), "alt": "A cat"}
    detail = client.post(f"/vendor/{mine.code}/media", data=data).location
    assert client.get(detail).status_code == 200

    sign_in(client, make_user(owner_of=other))

    assert client.get(detail.replace(mine.code, other.code)).status_code == 404
    assert client.post(detail.replace(mine.code, other.code) + "/removal").status_code == 404


def test_more_files_than_are_taken_at_once_are_named(admin, picture, monkeypatch):
    monkeypatch.setattr(media, "MOST_FILES", 2)
    files = [(io.BytesIO(picture()), f"cat-{number}.png") for number in range(3)]

    said = admin.post("/admin/media", data={"file": files}, follow_redirects=True).text

    assert "2 pictures were added." in said
    assert "cat-2.png: Send at most 2 pictures at once." in said


def test_a_folder_that_cannot_be_written_to_is_said_by_the_health_check(app, monkeypatch):
    with app.app_context():
        assert health.check() == {"status": "healthy"}
        monkeypatch.setattr(health.os, "access", lambda _path, _mode: False)
        assert health.check()["status"] == "degraded"
