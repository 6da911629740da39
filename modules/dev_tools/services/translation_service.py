"""How much is translated, by module and language; a module is counted again only when one of its files has changed."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from modules.dev_tools.exceptions import CatalogueNotFound
from wizamart.commands.i18n import TRANSLATED, find, sources, statistics
from wizamart.i18n import language_name
from wizamart.i18n.checks import Coverage, Finding
from wizamart.i18n.extraction import Source

SHOWN: Final = 500
_SUFFIXES: Final = frozenset({".py", ".html", ".txt", ".xml", ".po", ".json"})
_kept: dict[str, tuple[int, tuple[Coverage, ...]]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One module with its coverage in each language, in the order of the languages."""

    code: str
    messages: int
    languages: tuple[Coverage, ...]


def list_languages() -> list[tuple[str, str]]:
    """Return the languages that texts are translated into, with their names."""
    return [(locale, language_name(locale)) for locale in TRANSLATED]


def list_coverage() -> list[CoverageRow]:
    """Return the coverage of the framework and of every module."""
    return [_row(source) for source in sources()]


def list_findings(code: str, locale: str) -> list[Finding]:
    """Return what is wrong with a module's catalogue of a language, at most 500 findings.

    :raises CatalogueNotFound: for an unknown module or language.
    """
    if locale not in TRANSLATED or code not in {source.code for source in sources()}:
        raise CatalogueNotFound
    return sorted(find((code,), (locale,)))[:SHOWN]


def _row(source: Source) -> CoverageRow:
    mark = _fingerprint(source)
    with _lock:
        known = _kept.get(source.code)
        if known is None or known[0] != mark:
            known = _kept[source.code] = (mark, tuple(statistics((source.code,))))
    return CoverageRow(source.code, known[1][0].total if known[1] else 0, known[1])


def _fingerprint(source: Source) -> int:
    """Return a number that changes when a file of the module is written, added or removed."""
    return hash(tuple(_stamps(source)))


def _stamps(source: Source) -> Iterable[tuple[str, int]]:
    for root in (*source.roots, source.folder):
        for path in sorted(root.rglob("*")):
            if path.suffix in _SUFFIXES:
                yield str(path), path.stat().st_mtime_ns
