"""Icons: one sprite of the drawings that templates and modules name, built once a process."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wizamart.config import ROOT

ICON_FOLDER = ROOT / "static" / "icons"
FALLBACK = "puzzle"
_QUOTED = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def available_names(folder: Path = ICON_FOLDER) -> frozenset[str]:
    """Return the names of all icons that can be used."""
    return frozenset(path.stem for path in folder.glob("*.svg"))


def names_in_sources(roots: Iterable[Path], known: frozenset[str]) -> frozenset[str]:
    """Return every known icon that some template or Python file names in quotes.

    A word that is quoted for another reason costs a few bytes; an icon that is missing costs a page.
    """
    found = {name for path in _sources(roots) for name in _QUOTED.findall(path.read_text(encoding="utf-8"))}
    return frozenset(found & known)


def build_sprite(names: Iterable[str], folder: Path = ICON_FOLDER) -> str:
    """Return one SVG with a symbol per name; a name without a file raises FileNotFoundError."""
    symbols = [_symbol(name, folder) for name in sorted({FALLBACK, *names})]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _symbol(name: str, folder: Path) -> str:
    svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
    drawing = _DRAWING.search(svg)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing.group(1) if drawing else ""}</symbol>'


def _sources(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        for pattern in ("**/*.html", "**/*.py"):
            yield from root.glob(pattern)
