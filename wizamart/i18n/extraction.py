"""Find the messages in a folder's code and templates, and bring its catalogues up to date with them."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from wizamart.i18n.catalogues import catalogue_file, load_po

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2")]
OPTIONS = {"jinja2": {"encoding": "utf-8", "silent": "false", "newstyle_gettext": "true"}}
COMMENT_TAGS = ("Translators:",)
HEADER = "# Translations of Wizamart.\n#"
SKIPPED = frozenset({"static", "locales", "migrations", "tests", "__pycache__"})
SCAFFOLD = ("scaffold", "files")  # the texts of a module to be made, which brings its own catalogues


@dataclass(frozen=True, slots=True)
class Source:
    """What is translated together: the framework, or a module; `roots` hold its code, `folder` its catalogues."""

    code: str
    roots: tuple[Path, ...]
    folder: Path


def extract(source: Source) -> Catalog:
    """Return the messages of a source; locations name files only, so that a moved line changes no catalogue."""
    template = Catalog(domain="messages", charset="utf-8")
    for root in source.roots:
        base = root.parent
        for filename, _line, message, comments, context in _found(root):
            place = (root / filename).relative_to(base).as_posix()
            template.add(message, None, [(place, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return template


def _found(root: Path) -> Iterator[tuple[Any, ...]]:
    if not root.is_dir():
        return
    found = extract_from_dir(
        str(root),
        method_map=METHODS,
        options_map={f"**.{suffix}": OPTIONS["jinja2"] for suffix in ("html", "txt", "xml")},
        keywords=KEYWORDS,
        comment_tags=COMMENT_TAGS,
        strip_comment_tags=True,
        directory_filter=_is_read,
    )
    yield from sorted(found, key=lambda item: (item[0], item[1]))


def _is_read(folder: str) -> bool:
    path = Path(folder)
    return path.name not in SKIPPED and not path.name.startswith(".") and path.parts[-2:] != SCAFFOLD


def update(source: Source, template: Catalog, locale: str) -> bool:
    """Merge the messages into a language's `.po` file, made if it is missing; tell whether it changed.

    A language that ships as JSON is left alone.
    """
    existing = catalogue_file(source.folder, locale)
    if existing and existing.suffix == ".json":
        return False
    file = source.folder / locale / "LC_MESSAGES" / "messages.po"
    catalogue = load_po(file, locale) if file.is_file() else Catalog(locale=locale, domain="messages")
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    text = rendered(catalogue)
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    if not file.is_file() and not len(catalogue):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True


def rendered(catalogue: Catalog) -> str:
    """Return a catalogue as text, the same for the same messages: no dates, no line numbers, sorted."""
    stable = Catalog(
        locale=catalogue.locale, domain="messages", header_comment=HEADER, charset="utf-8", fuzzy=False
    )
    for message in catalogue:
        if message.id:
            stable[message.id] = message
    stable.obsolete = catalogue.obsolete
    buffer = io.BytesIO()
    write_po(buffer, stable, width=100, sort_output=True, include_lineno=False, omit_header=True)
    body = buffer.getvalue().decode("utf-8").strip()
    return f"{_header(stable)}\n\n{body}\n" if body else f"{_header(stable)}\n"


def _header(catalogue: Catalog) -> str:
    """Return the head of a file: only what tools need, and nothing that changes by itself."""
    lines: Iterable[str] = (
        f"Language: {catalogue.locale_identifier}",
        f"Plural-Forms: {catalogue.plural_forms}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    quoted = "\n".join(f'"{line}\\n"' for line in lines)
    return f'{HEADER}\nmsgid ""\nmsgstr ""\n{quoted}'
