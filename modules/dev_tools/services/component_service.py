"""The component library: what its files say of themselves, and the examples that use them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from modules.dev_tools.exceptions import ComponentNotFound
from wizamart.config import ROOT

COMPONENTS: Final = ROOT / "templates" / "components"
EXAMPLES: Final = Path(__file__).parents[1] / "templates" / "admin" / "examples"
_COMMENT: Final = re.compile(r"\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)
_MACRO: Final = re.compile(
    r"(?:\{#-?\s*(?P<comment>(?:(?!#\}).)*?)\s*-?#\}\s*)?"
    r"(?P<source>\{%-?\s*macro\s+(?P<name>\w+)\((?P<arguments>.*?)\)\s*-?%\}.*?\{%-?\s*endmacro\s*-?%\})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro: how it is called, what its comment says, and how it is made."""

    name: str
    arguments: str
    comment: str
    source: str

    @property
    def is_private(self) -> bool:
        """Whether it is meant for its own file only."""
        return self.name.startswith("_")


@dataclass(frozen=True, slots=True)
class Example:
    """A small template that is shown both rendered and as it is written."""

    name: str
    comment: str
    template: str
    source: str


@dataclass(frozen=True, slots=True)
class Component:
    """One file of the library with its macros and their examples."""

    name: str
    comment: str
    macros: tuple[Macro, ...]
    examples: tuple[Example, ...]


def list_components() -> list[Component]:
    """Return the files of the library by name."""
    return [_read(path) for path in sorted(COMPONENTS.glob("*.html"))]


def get_component(name: str) -> Component:
    """Return one file of the library.

    :raises ComponentNotFound: when there is none of this name.
    """
    path = next((path for path in COMPONENTS.glob("*.html") if path.stem == name), None)
    if path is None:
        raise ComponentNotFound
    return _read(path)


def _read(path: Path) -> Component:
    text = path.read_text(encoding="utf-8")
    return Component(path.stem, _first_comment(text), tuple(_macros(text)), tuple(_examples(path.stem)))


def _macros(text: str) -> Iterator[Macro]:
    head = _COMMENT.match(text)
    for match in _MACRO.finditer(text, head.end() if head else 0):
        yield Macro(
            match["name"], _one_line(match["arguments"]), _one_line(match["comment"] or ""), match["source"]
        )


def _examples(component: str) -> Iterator[Example]:
    for path in sorted((EXAMPLES / component).glob("*.html")):
        text = path.read_text(encoding="utf-8")
        yield Example(
            name=path.stem,
            comment=_first_comment(text),
            template=f"dev_tools/admin/examples/{component}/{path.name}",
            source=_COMMENT.sub("", text, count=1).strip() if _COMMENT.match(text) else text.strip(),
        )


def _first_comment(text: str) -> str:
    match = _COMMENT.match(text)
    return _one_line(match[1]) if match else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
