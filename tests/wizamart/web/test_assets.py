import gzip
import re
import subprocess
import sys

import pytest
from flask import Flask

from wizamart.config import ROOT
from wizamart.web import assets, icons

FIRST_LOAD = (
    "vendor/htmx.min.js",
    "vendor/tabler.min.css",
    "portal.css",
    "portal.js",
    "favicon.svg",
    "icons.svg",
)


@pytest.fixture
def module_folder(tmp_path):
    folder = tmp_path / "thing" / "static"
    folder.mkdir(parents=True)
    (folder / "thing.js").write_text("const thing = 1;\n" * 20, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not for everybody", encoding="utf-8")
    return folder


@pytest.fixture
def app(module_folder):
    app = Flask(__name__, static_folder=None)
    assets.init_app(app, {"thing": module_folder})
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def url_of(app, name, prefix=""):
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
        return assets.asset_url(name)


def test_an_asset_is_kept_for_a_year_under_the_hash_of_its_content(app, client):
    response = client.get(url_of(app, "portal.css"))

    assert response.status_code == 200
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert "max-age=31536000" in response.headers["Cache-Control"]


def test_an_asset_is_compressed_only_for_those_who_understand_it(app, client):
    url = url_of(app, "portal.js")

    plain = client.get(url)
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_a_known_etag_is_answered_without_a_body(app, client):
    url = url_of(app, "portal.css")
    etag = client.get(url).headers["ETag"]

    response = client.get(url, headers={"If-None-Match": etag})

    assert response.status_code == 304
    assert response.data == b""


def test_an_outdated_hash_gets_the_present_file_but_is_not_kept(client):
    response = client.get("/assets/0000000000000000/portal.css")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


def test_an_asset_has_one_address_below_every_platform(app):
    assert url_of(app, "portal.css", "/platforms/oms") == url_of(app, "portal.css")
    assert url_of(app, "portal.css", "/shop/platforms/oms") == "/shop" + url_of(app, "portal.css")


def test_a_module_has_assets_of_its_own(app, client):
    response = client.get(url_of(app, "thing:thing.js"))

    assert response.status_code == 200
    assert response.mimetype == "text/javascript"


@pytest.mark.parametrize(
    "name", ["nothing.css", "thing:../../secret.txt", "../pyproject.toml", "unknown:a.js", "thing:"]
)
def test_nothing_outside_the_folders_is_sent(client, name):
    assert client.get(f"/assets/0/{name}").status_code == 404


def test_a_changed_file_is_read_again_only_when_watched(module_folder):
    kept = assets.AssetStore(module_folders={"thing": module_folder})
    watched = assets.AssetStore(module_folders={"thing": module_folder}, watch=True)
    before = kept.get_asset("thing:thing.js").digest, watched.get_asset("thing:thing.js").digest

    (module_folder / "thing.js").write_text("const thing = 2;", encoding="utf-8")

    assert kept.get_asset("thing:thing.js").digest == before[0]
    assert watched.get_asset("thing:thing.js").digest != before[1]


def test_what_every_page_loads_stays_below_the_budget(app):
    store = app.extensions["assets"]

    total = sum(len(store.get_asset(name).packed or store.get_asset(name).content) for name in FIRST_LOAD)

    assert total < 52_000  # leaves 8 KB of the 60 KB for the page itself


def test_the_sprite_has_the_icons_that_are_named_and_one_for_all_others():
    sprite = icons.build_sprite(["home", "bell"])

    assert re.findall(r'<symbol id="([\w-]+)"', sprite) == ["bell", "home", icons.FALLBACK]


def test_an_unknown_icon_is_shown_as_the_fallback(app):
    with app.test_request_context("/"):
        url = app.jinja_env.globals["icon_url"]("no-such-icon")

    assert url.endswith(f"#{icons.FALLBACK}")


def test_every_icon_that_a_template_names_is_there():
    named = set()
    for path in (ROOT / "templates").glob("**/*.html"):
        named.update(re.findall(r'icon\("([a-z0-9-]+)"', path.read_text(encoding="utf-8")))

    assert named
    assert named <= icons.available_names()


def test_vendored_files_are_what_their_manifest_says():
    command = [sys.executable, str(ROOT / "scripts" / "vendor_assets.py"), "--check"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_templates_use_only_classes_that_some_style_sheet_defines():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from tabler_subset import defines
    finally:
        sys.path.pop(0)
    sheets = [ROOT / "static" / "vendor" / "tabler.min.css", ROOT / "static" / "portal.css"]
    sheets += (ROOT / "modules").glob("*/static/*.css")
    known = frozenset[str]().union(*(defines(sheet.read_text(encoding="utf-8")) for sheet in sheets))
    hooks = {"wz-main", "wz-field-text", "wz-page-title", "form-help", "form-footer", "wz-tabs"}

    unknown = set()
    for path in [*(ROOT / "templates").glob("**/*.html"), *(ROOT / "modules").glob("*/templates/**/*.html")]:
        for value in re.findall(r'\bclass="([^"{}]*)"', path.read_text(encoding="utf-8")):
            unknown |= {
                (path.relative_to(ROOT).as_posix(), name)
                for name in value.split()
                if name not in known | hooks
            }

    assert not unknown
