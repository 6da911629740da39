"""Fetch the pinned npm packages and keep what the portal serves; `--check` verifies that offline.

For maintainers, after a version is raised here (needs npm); users need neither.
`static/vendor/tabler.LICENSE.txt` is written by hand, since the package ships none.
"""

# ruff: noqa: INP001 - scripts are run, not imported as a package
import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tabler_subset import FAMILIES, subset

STATIC = Path(__file__).resolve().parent.parent / "static"
VENDOR = STATIC / "vendor"
ICONS = STATIC / "icons"
MANIFEST = VENDOR / "manifest.json"

ICON_NAMES = (Path(__file__).parent / "icon_names.txt").read_text(encoding="utf-8").split()


@dataclass(frozen=True)
class Package:
    """One npm package at one version, with the hash that its archive must have."""

    name: str
    version: str
    licence: str
    sha512: str


HTMX = Package(
    "htmx.org",
    "4.0.1",
    "0BSD",
    "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
)
TABLER = Package(
    "@tabler/core",
    "1.6.1",
    "MIT",
    "lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
)
TABLER_ICONS = Package(
    "@tabler/icons",
    "3.51.0",
    "MIT",
    "0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
)


def fetch(package: Package, folder: Path) -> Path:
    """Unpack the package below `folder` and return where it lies; stop when the hash is another."""
    npm = shutil.which("npm") or sys.exit("npm is needed to fetch packages")
    command = [
        npm,
        "pack",
        "--silent",
        "--pack-destination",
        str(folder),
        f"{package.name}@{package.version}",
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - pinned
    archive = folder / printed.strip().splitlines()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.sha512:
        sys.exit(f"{package.name}@{package.version}: the archive's hash is {digest}")
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def slim(svg: str) -> str:
    """Keep the drawing of an icon and drop what the portal's style sheet says for all of them."""
    body = re.sub(
        r"<path stroke=\"none\"[^>]*/>", "", re.sub(r"<svg[^>]*>|</svg>|<!--.*?-->", "", svg, flags=re.DOTALL)
    )
    drawing = re.sub(r"\s+", " ", re.sub(r">\s+<", "><", body)).strip().replace(" />", "/>")
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{drawing}</svg>\n'


def entry(path: Path, package: Package) -> dict[str, str | int]:
    """Describe a kept file."""
    content = path.read_bytes()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {
        "package": package.name,
        "version": package.version,
        "licence": package.licence,
        "integrity": f"sha384-{digest}",
        "bytes": len(content),
    }


def selection_hash() -> str:
    """Identify what is kept: a change of the lists without a new run of this script shows up in `--check`."""
    return hashlib.sha256(repr((FAMILIES, sorted(ICON_NAMES))).encode()).hexdigest()


def write() -> None:
    """Replace the kept files by what the pinned packages hold."""
    for stale in ICONS.glob("*.svg"):
        stale.unlink()
    with tempfile.TemporaryDirectory() as temporary:
        htmx, tabler, icons = (fetch(one, Path(temporary)) for one in (HTMX, TABLER, TABLER_ICONS))
        shutil.copy(htmx / "dist/htmx.min.js", VENDOR / "htmx.min.js")
        shutil.copy(htmx / "LICENSE", VENDOR / "htmx.LICENSE.txt")
        css = (tabler / "dist/css/tabler.min.css").read_text(encoding="utf-8")
        (VENDOR / "tabler.min.css").write_text(subset(css), encoding="utf-8")
        for name in sorted(ICON_NAMES):
            drawing = slim((icons / f"icons/outline/{name}.svg").read_text(encoding="utf-8"))
            (ICONS / f"{name}.svg").write_text(drawing, encoding="utf-8")
        shutil.copy(icons / "LICENSE", ICONS / "LICENSE.txt")
    MANIFEST.write_text(json.dumps(manifest(), indent=2, sort_keys=True) + "\n", encoding="utf-8")


def manifest() -> dict[str, object]:
    """Describe everything kept."""
    return {
        "files": {
            "vendor/htmx.min.js": entry(VENDOR / "htmx.min.js", HTMX),
            "vendor/tabler.min.css": entry(VENDOR / "tabler.min.css", TABLER),
            **{f"icons/{path.name}": entry(path, TABLER_ICONS) for path in sorted(ICONS.glob("*.svg"))},
        },
        "selection": selection_hash(),
    }


def check() -> None:
    """Stop with status 1 unless the kept files are what the manifest and the lists say."""
    if json.loads(MANIFEST.read_text(encoding="utf-8")) != manifest():
        sys.exit("static/vendor or static/icons differ from their manifest: run scripts/vendor_assets.py")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fetch the pinned npm packages.")
    parser.add_argument("--check", action="store_true", help="only verify the kept files, offline")
    check() if parser.parse_args().check else write()
