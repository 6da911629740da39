"""Static files under names that carry their hash: compressed once, cached by browsers for a year."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, abort, current_app, request

from wizamart.config import ROOT
from wizamart.permissions import public
from wizamart.web import icons

STATIC_FOLDER = ROOT / "static"
SPRITE = "icons.svg"
_YEAR = 365 * 24 * 3600
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}
_COMPRESSIBLE = ("text/", "application/json", "image/svg+xml", "application/manifest+json")

bp = Blueprint("assets", __name__)


class Asset(NamedTuple):
    """One file as it is sent; `packed` is empty where compression does not pay."""

    content: bytes
    packed: bytes
    digest: str
    mimetype: str
    modified_ns: int = 0


@dataclass
class AssetStore:
    """Finds, hashes and compresses assets on first use and keeps them in memory.

    `module_folders` maps a package to its `static` folder; `watch` looks for changed files, for development.
    """

    module_folders: Mapping[str, Path] = field(default_factory=dict)
    folder: Path = STATIC_FOLDER
    watch: bool = False
    _assets: dict[str, Asset] = field(default_factory=dict)
    _generators: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    def get_asset(self, name: str) -> Asset:
        """Return the asset; `name` is a path below `static/`, or `package:path` for a module's own."""
        asset = self._assets.get(name)
        if asset is not None and not (self.watch and self._is_stale(name, asset)):
            return asset
        generate = self._generators.get(name)
        if generate is not None:
            self._assets[name] = build_asset(name, generate())
            return self._assets[name]
        path = self._find_path(name)
        if path is None:
            raise FileNotFoundError(name)
        self._assets[name] = build_asset(name, path.read_bytes(), modified_ns=path.stat().st_mtime_ns)
        return self._assets[name]

    def add_generated(self, name: str, generate: Callable[[], bytes]) -> None:
        """Announce an asset that has no file; it is made when it is first asked for."""
        self._generators[name] = generate

    def _is_stale(self, name: str, asset: Asset) -> bool:
        path = self._find_path(name)
        return path is not None and path.stat().st_mtime_ns != asset.modified_ns

    def _find_path(self, name: str) -> Path | None:
        package, colon, inner = name.partition(":")
        folder = self.module_folders.get(package) if colon else self.folder
        if folder is None:
            return None
        path = (folder / (inner or name)).resolve()
        return path if path.is_file() and path.is_relative_to(folder.resolve()) else None


def build_asset(name: str, content: bytes, *, modified_ns: int = 0) -> Asset:
    """Hash and compress; the same content always gives the same bytes, on every host."""
    suffix = Path(name).suffix
    mimetype = _TYPES.get(suffix) or _guess_type(suffix)
    packed = gzip.compress(content, 9, mtime=0) if mimetype.startswith(_COMPRESSIBLE) else b""
    return Asset(
        content=content,
        packed=packed if len(packed) < len(content) else b"",
        digest=hashlib.sha256(content).hexdigest()[:16],
        mimetype=mimetype,
        modified_ns=modified_ns,
    )


def _guess_type(suffix: str) -> str:
    import mimetypes  # its tables are large, and what hosts add to them differs

    return mimetypes.guess_type(f"file{suffix}")[0] or "application/octet-stream"


def init_app(app: Flask, module_folders: Mapping[str, Path] | None = None) -> AssetStore:
    """Register the view and the template globals; `module_folders` default to those of `modules/`."""
    if module_folders is None:
        module_folders = {path.parent.name: path for path in sorted((ROOT / "modules").glob("*/static"))}
    store = AssetStore(module_folders=module_folders, watch=app.debug)
    store.add_generated(SPRITE, lambda: icons.build_sprite(_icons_in_use()).encode())

    def icon_url(name: str) -> str:
        return f"{asset_url(SPRITE)}#{name if name in _icons_in_use() else icons.FALLBACK}"

    app.extensions["assets"] = store
    app.jinja_env.globals.update(asset_url=asset_url, icon_url=icon_url)
    app.register_blueprint(bp)
    return store


@cache
def _icons_in_use() -> frozenset[str]:
    """Return the icons that the sources name; reading them all is left to the first page that shows one."""
    return icons.names_in_sources(
        (ROOT / "templates", ROOT / "modules", ROOT / "wizamart"), icons.available_names()
    )


def asset_url(name: str) -> str:
    """Return the address of an asset: the same below every platform, so that browsers keep one copy."""
    store: AssetStore = current_app.extensions["assets"]
    root = request.script_root.split("/platforms/")[0].split("/vendors/")[0]
    return f"{root}/assets/{store.get_asset(name).digest}/{name}"


@bp.get("/assets/<digest>/<path:name>")
@public
def asset_file(digest: str, name: str) -> Response:
    """Send an asset; an outdated hash, from a page of the previous release, gets today's file uncached."""
    try:
        asset = current_app.extensions["assets"].get_asset(name)
    except FileNotFoundError:
        abort(404)
    packed = bool(asset.packed) and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed else asset.content, mimetype=asset.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if asset.packed:
        response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.digest}{'-gzip' if packed else ''}")
    if digest == asset.digest:
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response
