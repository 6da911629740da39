"""Markdown to HTML that is safe to show: rendered without raw HTML, and cleaned by an allow-list all the same."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol"}
    | {"p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
DEEPEST_HEADING: Final = 6
PREFIX: Final = "media:"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a picture is shown: its address, all its widths, its size, and what it shows in the language of the text."""

    address: str
    source_set: str = ""
    width: int = 0
    height: int = 0
    alt: str = ""


FindMedia = Callable[[str], Shown | None]


@functools.cache
def _parser() -> "MarkdownIt":
    # Imported where it is used: sixty modules that a start can do without.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def render(text: str, *, root: str = "", find_media: FindMedia | None = None) -> str:
    """Return the text as HTML.

    `root` is put before addresses that begin with `/`, which are those of the shop. `find_media(key)` says how to show
    a picture that is named as `media:key`; one that is not found is left out, its description stays.
    """
    parser = _parser()
    tokens = parser.parse(text)
    _adapt(tokens, root=root.rstrip("/"), find_media=find_media or (lambda _key: None))
    html: str = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="noopener",
    )


def _adapt(tokens: "Sequence[Token]", *, root: str, find_media: FindMedia) -> None:
    """Lower headings by one, since the page's title is the first, and complete addresses."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, DEEPEST_HEADING)}"
        elif token.type == "link_open":
            token.attrSet("href", _address(str(token.attrGet("href") or ""), root))
        elif token.type == "image":
            _place_picture(token, root, find_media)
        if token.type == "inline" and token.children:
            _adapt(token.children, root=root, find_media=find_media)


def _address(address: str, root: str) -> str:
    return root + address if address.startswith("/") and not address.startswith("//") else address


def pictures_in(text: str) -> list[tuple[str, str]]:
    """Return the key and the description of each picture of the library that a text shows."""
    return [
        (source.removeprefix(PREFIX), token.content.strip())
        for token in _flat(_parser().parse(text))
        if token.type == "image" and (source := str(token.attrGet("src") or "")).startswith(PREFIX)
    ]


def plain_text(text: str, *, length: int) -> str:
    """Return the beginning of a text without its marks, for where nothing else says what a page is about."""
    blocks = (token.children or () for token in _parser().parse(text) if token.type == "inline")
    plain = " ".join(" ".join("".join(map(_words_of, block)) for block in blocks).split())
    return plain if len(plain) <= length else plain[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _words_of(token: "Token") -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "code_inline"} else ""


def _flat(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield token
        if token.type == "inline" and token.children:
            yield from _flat(token.children)


def _place_picture(token: "Token", root: str, find_media: FindMedia) -> None:
    """Give a picture its address; pictures from elsewhere are not shown, as the content policy would refuse them."""
    source = str(token.attrGet("src") or "")
    if source.startswith(PREFIX):
        found = find_media(source.removeprefix(PREFIX))
    else:
        is_own = source.startswith("/") and not source.startswith("//")
        found = Shown(_address(source, root)) if is_own else None
    if found is None:
        token.type, token.tag, token.nesting = "text", "", 0
        return
    token.attrSet("src", found.address)
    token.attrSet("loading", "lazy")
    if found.source_set:
        token.attrSet("srcset", found.source_set)
        token.attrSet("sizes", "(min-width: 48rem) 44rem, 92vw")
    if found.width:
        token.attrSet("width", str(found.width))
        token.attrSet("height", str(found.height))
    if found.alt and not token.content.strip():
        token.children = [type(token)("text", "", 0, content=found.alt)]
