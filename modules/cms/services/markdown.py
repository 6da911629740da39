"""Markdown to HTML that is safe to show: rendered without raw HTML, and cleaned by an allow-list all the same."""

from collections.abc import Callable, Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol"}
    | {"p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
DEEPEST_HEADING: Final = 6
FindMedia = Callable[[str], str | None]

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def render(text: str, *, root: str = "", find_media: FindMedia | None = None) -> str:
    """Return the text as HTML.

    `root` is put before addresses that begin with `/`, which are those of the shop. `find_media(key)` returns the
    address of a picture that is named as `media:key`; one that is not found is left out, its description stays.
    """
    tokens = _parser.parse(text)
    _adapt(tokens, root=root.rstrip("/"), find_media=find_media or (lambda _key: None))
    html: str = _parser.renderer.render(tokens, _parser.options, {})
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="noopener",
    )


def _adapt(tokens: Sequence[Token], *, root: str, find_media: FindMedia) -> None:
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


def _place_picture(token: Token, root: str, find_media: FindMedia) -> None:
    """Give a picture its address; pictures from elsewhere are not shown, as the content policy would refuse them."""
    source = str(token.attrGet("src") or "")
    if source.startswith("media:"):
        found = find_media(source.removeprefix("media:"))
    else:
        found = _address(source, root) if source.startswith("/") and not source.startswith("//") else None
    if found is None:
        token.type, token.tag, token.nesting = "text", "", 0
        return
    token.attrSet("src", found)
    token.attrSet("loading", "lazy")
