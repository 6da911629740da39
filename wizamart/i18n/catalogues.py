"""Catalogues of the framework and of every module, merged per language straight from their sources.

A folder holds `<lang>/LC_MESSAGES/messages.po` or the flat `<lang>.json`, whose plurals are objects with CLDR
keys (`one few many other`). The same message in two folders: the last folder wins, and the check reports it.
"""

import functools
import gettext as stdlib_gettext
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from babel import Locale, UnknownLocaleError
from flask import g
from flask_babel import Domain

from wizamart.i18n.selection import current_locale

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

log = logging.getLogger(__name__)

CONTEXT_SEPARATOR = "\x04"


class Message(NamedTuple):
    """The translation of one message: its forms, and the rule that picks one by a number."""

    forms: Mapping[int | str, str]
    choose: Callable[[int], int | str]

    def plural(self, num: int) -> str:
        """Return the form for `num`, or the last one where the catalogue lacks it."""
        return self.forms.get(self.choose(num)) or list(self.forms.values())[-1]


class MergedTranslations:
    """What one language says, whichever catalogue said it; each message keeps its catalogue's plural rule."""

    def __init__(self, messages: Mapping[str, Message]) -> None:
        self._messages = messages

    def __len__(self) -> int:
        return len(self._messages)

    def ugettext(self, message: str) -> str:
        """Translate a message."""
        found = self._messages.get(message)
        return next(iter(found.forms.values())) if found else message

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        """Translate the form for a number."""
        found = self._messages.get(singular)
        if found:
            return found.plural(num)
        return singular if num == 1 else plural

    def upgettext(self, context: str, message: str) -> str:
        """Translate a message that has a context."""
        found = self._messages.get(context + CONTEXT_SEPARATOR + message)
        return next(iter(found.forms.values())) if found else message

    def unpgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Translate the form for a number of a message that has a context."""
        found = self._messages.get(context + CONTEXT_SEPARATOR + singular)
        if found:
            return found.plural(num)
        return singular if num == 1 else plural


ENGLISH = MergedTranslations({})


def catalogue_file(folder: Path, locale: str) -> Path | None:
    """Return the catalogue of a language in a folder, if there is one; `.po` wins over `.json`."""
    for candidate in (folder / locale / "LC_MESSAGES" / "messages.po", folder / f"{locale}.json"):
        if candidate.is_file():
            return candidate
    return None


def catalogue_locales(folder: Path) -> list[str]:
    """Return the languages that a folder has a catalogue for."""
    if not folder.is_dir():
        return []
    found = {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.po")}
    found |= {path.stem for path in folder.glob("*.json")}
    return sorted(found)


def read_messages(file: Path, locale: str) -> dict[str, Message]:
    """Return the usable messages of a catalogue file; a broken file is logged and gives none."""
    return _read_messages(file, locale, file.stat().st_mtime_ns)


@functools.lru_cache(maxsize=512)
def _read_messages(file: Path, locale: str, _mtime: int) -> dict[str, Message]:
    try:
        return _read_json(file, locale) if file.suffix == ".json" else _read_po(file, locale)
    except (OSError, ValueError, UnknownLocaleError) as error:
        log.error("catalogue_unreadable", extra={"file": str(file), "reason": str(error)})  # noqa: TRY400 - the reason says it all
        return {}


def load_po(file: Path, locale: str) -> "Catalog":
    """Parse a `.po` file; lines that cannot be read are left out."""
    from babel.messages.pofile import read_po  # a megabyte that no page in English needs

    with file.open("rb") as stream:
        return read_po(stream, locale=locale)


def _read_po(file: Path, locale: str) -> dict[str, Message]:
    catalogue = load_po(file, locale)
    choose = stdlib_gettext.c2py(catalogue.plural_expr)
    messages: dict[str, Message] = {}
    for message in catalogue:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if not message.id or message.fuzzy or not any(forms):
            continue
        singular = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        key = f"{message.context}{CONTEXT_SEPARATOR}{singular}" if message.context else singular
        messages[key] = Message({index: form for index, form in enumerate(forms) if form}, choose)
    return messages


def _read_json(file: Path, locale: str) -> dict[str, Message]:
    choose = Locale.parse(locale).plural_form
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    messages: dict[str, Message] = {}
    for key, value in content.items():
        forms = value if isinstance(value, dict) else {"other": value}
        forms = {tag: form for tag, form in forms.items() if isinstance(form, str) and form}
        if forms:
            messages[key] = Message(forms, choose)
    return messages


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """Flask-Babel's domain over our folders.

    Its own falls back to English plural rules where the last folder lacks a language.
    """

    def __init__(self, folders: Iterable[tuple[str, Path]], *, watch: bool = False) -> None:
        super().__init__()
        self.folders: Sequence[tuple[str, Path]] = tuple(folders)
        self.watch = watch
        self._merged: dict[str, tuple[tuple[int, ...], MergedTranslations]] = {}
        self._lock = threading.Lock()

    def get_translations(self) -> MergedTranslations:
        """Return the merged catalogue of the reader's language."""
        return self.of(current_locale())

    def of(self, locale: str) -> MergedTranslations:
        """Return the merged catalogue of a language; watched files are looked at once a request."""
        known = self._merged.get(locale)
        if known and not (self.watch and self._is_first_look(locale)):
            return known[1]
        files = self._files(locale)
        stamp = tuple(file.stat().st_mtime_ns for file in files)
        if known and known[0] == stamp:
            return known[1]
        with self._lock:
            messages: dict[str, Message] = {}
            for file in files:
                language = file.stem if file.suffix == ".json" else file.parent.parent.name
                messages.update(read_messages(file, language))
            merged = MergedTranslations(messages)
            self._merged[locale] = (stamp, merged)
        return merged

    def _files(self, locale: str) -> list[Path]:
        """Return the files of a language, those of `de` before those of `de_AT`."""
        names = dict.fromkeys((locale.split("_", maxsplit=1)[0], locale))
        found = (catalogue_file(folder, name) for name in names for _, folder in self.folders)
        return [file for file in found if file]

    @staticmethod
    def _is_first_look(locale: str) -> bool:
        looked: set[str] = g.setdefault("_catalogues_looked_at", set())
        if locale in looked:
            return False
        looked.add(locale)
        return True
