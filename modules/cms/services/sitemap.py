"""The sitemap protocol (sitemaps.org) with alternates by language, in files that keep its limits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from wizamart.i18n import language_tag

# The protocol takes 50,000 addresses and 50 MB a file. An entry is one address for each language, each with all the
# others beside it: for four languages some 5 kB, so the size is what counts.
MOST_URLS: Final = 50_000
MOST_ENTRIES: Final = 5_000
_NAMESPACES: Final = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Entry:
    """A page with the languages that it is written in."""

    url: str
    updated_at: datetime | None
    locales: tuple[str, ...]


def entries_per_file(locales: Sequence[str]) -> int:
    """Return how many entries fit into a file."""
    return max(1, min(MOST_ENTRIES, MOST_URLS // (len(locales) + 1)))


def in_language(url: str, locale: str) -> str:
    """Return the address of a page in a language."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'lang': locale})}"


def alternates(url: str, locales: Iterable[str]) -> dict[str, str]:
    """Return the addresses of a page by language tag; `x-default` is the one that asks the browser."""
    return {**{language_tag(code): in_language(url, code) for code in locales}, "x-default": url}


def write_file(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the text of a sitemap."""
    yield f"{_HEAD}<urlset {_NAMESPACES}>\n"
    for entry in entries:
        others = alternates(entry.url, entry.locales)
        links = "".join(_link(tag, url) for tag, url in others.items())
        for url in others.values():
            yield f"<url><loc>{escape(url)}</loc>{_changed(entry.updated_at)}{links}</url>\n"
    yield "</urlset>\n"


def write_index(urls: Iterable[str]) -> Iterator[str]:
    """Yield the text of the file that names the sitemaps."""
    yield f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for url in urls:
        yield f"<sitemap><loc>{escape(url)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def entry_from(given: Mapping[str, object], *, host: str, locales: tuple[str, ...]) -> Entry:
    """Return what another module gives as an entry.

    :param given: `url`, absolute or below `host`; `updated_at`; `locales`, if it is not written in all of them.
    """
    url, updated_at = str(given["url"]), given.get("updated_at")
    absolute = host.rstrip("/") + url if url.startswith("/") else url
    written = given.get("locales")
    if isinstance(written, list):
        locales = tuple(locale for locale in locales if locale in written)
    return Entry(absolute, updated_at if isinstance(updated_at, datetime) else None, locales)


def _changed(moment: datetime | None) -> str:
    return f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>" if moment else ""


def _link(tag: str, url: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{escape(tag)}" href="{escape(url)}"/>'
