"""What people might send to do harm: each is refused with words, or made harmless."""

import io
import json
import struct
import zlib

import pytest
from PIL import Image

from modules.cms.exceptions import PictureRefused
from modules.cms.services import markdown, media_service
from modules.cms.services.picture import read_picture

from .conftest import NOON

pytestmark = pytest.mark.backends("sqlite")

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
LOOK = {"accent": "#2a55c5", "accent_dark": "#93b4ff", "font": "sans", "corners": "soft"}
PAGE = {"title": "About", "slug": "about", "placement": "none", "position": "1"}


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is this large: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG, "SVG"),
        (b'<?xml version="1.0"?>\n' + SVG, "SVG"),
        (b"<!DOCTYPE html><html><body>" + SCRIPT, "document"),
        (b"%PDF-1.7\n<html>" + SCRIPT + b"</html>\n%%EOF", "document"),
        (b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//;", "GIF"),
        (b"BM" + b"\0" * 60, "no picture"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (png_of_size(30_000, 30_000), "million pixels"),
        (png_of_size(200_000, 1), "no picture"),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT, "no picture"),
        (b"\xff\xd8\xff\xe0" + SCRIPT, "no picture"),
    ],
    ids=["svg", "xml", "html", "pdf", "gif", "bmp", "heic", "bomb", "broken", "png-html", "jpeg-html"],
)
def test_what_is_no_picture_is_refused_with_words(content, words):
    with pytest.raises(PictureRefused) as refused:
        read_picture(content)

    assert words in refused.value.errors["file"][0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_a_page_as_well_is_stored_as_a_picture_only(picture, kind):
    content = picture(kind, (400, 300)) + SCRIPT
    if kind == "JPEG":  # and once more in a comment, where readers of pictures do not look
        content = content[:2] + b"\xff\xfe" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT + content[2:]

    stored = read_picture(content)

    assert SCRIPT in content
    assert all(b"<script" not in one for one in (stored.content, *stored.thumbnails.values()))


def test_texts_in_a_png_that_unpack_to_very_much_are_refused():
    info = b"Comment\0\0" + zlib.compress(b"x" * 80_000_000)
    chunk = struct.pack(">I", len(info)) + b"zTXt" + info + struct.pack(">I", zlib.crc32(b"zTXt" + info))
    plain = io.BytesIO()
    Image.new("RGB", (2, 2)).save(plain, "PNG")
    content = plain.getvalue()[:33] + chunk + plain.getvalue()[33:]

    with pytest.raises(PictureRefused):
        read_picture(content)


def test_a_wrong_file_is_refused_on_its_page_and_among_good_ones(admin, picture):
    files = [(io.BytesIO(SVG), "logo.svg"), (io.BytesIO(picture()), "cat.png"), (io.BytesIO(b"MZ"), "x.exe")]
    mixed = admin.post("/admin/media", data={"file": files}, follow_redirects=True).text
    alone = admin.post("/admin/media", data={"file": (io.BytesIO(SVG), "cat.png")})
    script = admin.post(
        "/admin/media", data={"file": (io.BytesIO(SVG), "a.svg")}, headers={"Accept": "application/json"}
    )

    assert "logo.svg: SVG files can contain programs" in mixed
    assert "x.exe: This is no picture" in mixed
    assert "cat.png" in mixed
    assert alone.status_code == 422
    assert json.loads(script.text)["ids"] == []
    assert "SVG" in json.loads(script.text)["errors"][0]


def test_a_name_is_only_read_and_never_a_path(within, make_platform, picture, tmp_path):
    platform = make_platform()
    for name, kept in (
        ("../../../etc/passwd.png", "passwd.png"),
        ("..\\..\\windows\\cat.png", "cat.png"),
        ("/abs/olute.png", "olute.png"),
        ("cat\u202egnp.exe", "catgnp.exe"),
        ("a\nb\x00.png", "ab.png"),
        ("<img src=x onerror=alert(1)>.png", "&lt;img src=x onerror=alert(1)&gt;.png"),
        ("", "picture"),
    ):
        folder = tmp_path / "media"
        with within(platform) as session:
            media = media_service.add_media(
                session, picture(), platform_id=platform.id, name=name, folder=folder, at=NOON
            )

            assert media.name.replace("<", "&lt;").replace(">", "&gt;") == kept
            files = [path for path in tmp_path.rglob("*") if path.is_file()]
            assert {path.parent for path in files} == {folder / "cms" / str(platform.id)}
            assert media.key in {path.stem for path in files}


def test_an_upload_beyond_the_limit_is_refused_with_words(admin, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000

    answer = admin.post("/admin/media", data={"file": (io.BytesIO(b"x" * 2000), "cat.png")})

    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_page_that_is_too_large_says_how_much_may_be_sent(admin, app):
    app.config["MAX_CONTENT_LENGTH"] = 3 * 1024**2

    answer = admin.post("/admin/pages", data={"file": (io.BytesIO(b"x" * (4 * 1024**2)), "cat.png")})

    assert answer.status_code == 413
    assert "at most 3 MB" in answer.text
    assert "Open the page again" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](<java\nscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](\\x6aavascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        '![x](media:abc "a\\" onerror=\\"alert(1)")',
        '![" onerror="alert(1)](media:abc)',
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![x](/\\evil.example/x.png)",
        '[x](/about "a\\" onmouseover=\\"alert(1)")',
    ],
)
def test_links_in_markdown_run_nothing(text):
    shown = {"abc": markdown.Shown("/media/abc.png")}
    html = markdown.render(text, find_media=shown.get)

    for danger in (
        '="java',
        '="vb',
        '="data',
        '="file',
        "<script",
        "//evil",
        '" onerror',
        '" onmouse',
        '="/\\',
    ):
        assert danger not in html.lower(), html


def test_another_tenants_picture_is_not_shown_taken_or_found(
    client, make_platform, make_vendor, make_user, sign_in, within, picture, tmp_path
):
    here, elsewhere = make_platform("here"), make_platform("elsewhere")
    mine, other = make_vendor(here), make_vendor(here)
    strangers = []
    for platform, vendor in ((elsewhere, None), (here, other)):
        with within(platform) as session:
            media = media_service.add_media(
                session,
                picture(),
                platform_id=platform.id,
                vendor_id=vendor.id if vendor else None,
                name="secret-cat.png",
                folder=tmp_path,
                at=NOON,
            )
            strangers.append((media.id, media.key))
    sign_in(client, make_user(owner_of=mine))
    base = f"/vendor/{mine.code}"

    for number, key in strangers:
        body = f"![A cat](media:{key})"
        refused = client.post(f"{base}/pages", data={**PAGE, "picture_id": number})
        theme = client.post(f"{base}/theme", data={**LOOK, "logo_id": number})
        shown = client.post(f"{base}/pages/preview", data={"body": body}, headers={"HX-Request": "true"})
        editor = client.post(f"{base}/pages", data={**PAGE, "slug": f"cat-{number}", "body": body}).location
        published = client.post(editor.replace("/edit", "/publication"), follow_redirects=True)

        assert refused.status_code == theme.status_code == 422
        assert 'id="field-picture_id-errors"' in refused.text
        assert 'id="field-logo_id-errors"' in theme.text
        assert "There is no such picture in the library." in theme.text
        assert "<img" not in shown.text
        assert "names a picture that is not in the library" in published.text
        assert client.get(f"{base}/media/{number}").status_code == 404
    for path in (
        "/media",
        "/media/choice",
        "/media/choice?owner=platform",
        f"/media/choice?vendor={other.id}",
    ):
        assert "secret-cat" not in client.get(base + path).text


def test_a_picture_is_sent_so_that_it_can_do_nothing(admin, picture):
    content = picture("PNG", (700, 20)) + SCRIPT
    number = admin.post("/admin/media", data={"file": (io.BytesIO(content), "evil.html")}).location.split(
        "/"
    )[-1]
    page = admin.get(f"/admin/media/{number}").text
    key = page.split("media:", 1)[1].split(")", 1)[0]

    for address, kind in ((f"/media/{key}.png", "image/png"), (f"/media/320/{key}.webp", "image/webp")):
        sent = admin.get(address)
        assert (sent.status_code, sent.mimetype) == (200, kind)
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert sent.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "max-age=31536000" in sent.headers["Cache-Control"]
        assert "immutable" in sent.headers["Cache-Control"]
        assert admin.get(address, headers={"If-None-Match": sent.headers["ETag"]}).status_code == 304
    for wrong in (
        f"/media/321/{key}.webp",
        f"/media/1280/{key}.webp",
        f"/media/320/{key}.png",
        "/media/320/x.webp",
    ):
        assert admin.get(wrong).status_code == 404
