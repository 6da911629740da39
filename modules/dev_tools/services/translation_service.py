"""How much is translated, by module and language; a module is counted again when one of its catalogues has changed."""

import threading
from dataclasses import dataclass
from typing import Final

from babel.messages.catalog import Catalog

from modules.dev_tools.exceptions import CatalogueNotFound
from wizamart.commands.i18n import TRANSLATED, find, sources
from wizamart.i18n import language_name
from wizamart.i18n.catalogues import catalogue_file
from wizamart.i18n.checks import Coverage, Finding, coverage, load_catalogue
from wizamart.i18n.extraction import Source, extract

SHOWN: Final = 500
_kept: dict[str, tuple[tuple[tuple[str, int], ...], tuple[Coverage, ...]]] = {}
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
    mark = _stamps(source)
    with _lock:
        known = _kept.get(source.code)
        if known is None or known[0] != mark:
            known = _kept[source.code] = (mark, _count(source))
    return CoverageRow(source.code, known[1][0].total if known[1] else 0, known[1])


def _count(source: Source) -> tuple[Coverage, ...]:
    """Count by what the catalogues hold: reading all code for its texts takes seconds, and `i18n check` does it."""
    texts = Catalog()
    for locale in TRANSLATED:
        for message in load_catalogue(source.folder, locale)[1]:
            if message.id:
                texts.add(message.id, context=message.context)
    template = texts if len(texts) else extract(source)
    return tuple(coverage(source.code, source.folder, locale, template) for locale in TRANSLATED)


def _stamps(source: Source) -> tuple[tuple[str, int], ...]:
    """Return when each catalogue was written."""
    files = filter(None, (catalogue_file(source.folder, locale) for locale in TRANSLATED))
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)
