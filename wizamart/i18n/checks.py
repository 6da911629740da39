"""What is wrong with a catalogue: missing, fuzzy or obsolete texts, placeholders, markup and plurals that differ."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

from wizamart.i18n.catalogues import CONTEXT_SEPARATOR, catalogue_file, load_po

KIND = r"[#0\- +]*[\d.]*[sdifFeEgGrxXoc]"
PLACEHOLDER = re.compile(rf"%\((?P<name>[^)]*)\){KIND}")
STRAY = re.compile(rf"%\((?:[^)]*\)(?!{KIND})|[^)]*$)")
# What a language wants about its signs: French keeps : ; ! ? and « » to their words by a no-break space (U+00A0), so
# that no line begins with them; an exclamation mark of Markdown, before a bracket, is none.
MISPLACED = {
    "fr": re.compile(
        r"[ \u2009\u202f](?:[:;?»]|!(?!\[))"
        r"|«(?!\xa0)|(?<!\xa0)»"
        r"|[^\s!?:;][!?:;](?=\s|$)"
    )
}
NEVER = re.compile(r"(?!)")
VOID = frozenset({"br", "hr", "img", "wbr"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault of a catalogue, at a line of a file."""

    file: Path
    line: int
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.message}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a module is translated into a language."""

    code: str
    locale: str
    total: int
    translated: int
    fuzzy: int

    @property
    def percent(self) -> int:
        """The share translated, rounded down: 100 means all."""
        return self.translated * 100 // self.total if self.total else 100


def load_catalogue(folder: Path, locale: str) -> tuple[Path, Catalog]:
    """Return a language's catalogue, of whichever kind, and its file; an empty one where there is none."""
    file = catalogue_file(folder, locale)
    if file is None:
        return folder / locale / "LC_MESSAGES" / "messages.po", Catalog(locale=locale)
    return file, _from_json(file, locale) if file.suffix == ".json" else load_po(file, locale)


def _from_json(file: Path, locale: str) -> Catalog:
    """Read flat JSON as a catalogue; a plural's forms come in the order of the CLDR keys that the language has."""
    catalogue = Catalog(locale=locale)
    tags = plural_tags(locale)
    text = file.read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    lines = text.splitlines()
    for key, value in content.items():
        context, separator, singular = key.rpartition(CONTEXT_SEPARATOR)
        quoted = json.dumps(key, ensure_ascii=False)
        line = next((number for number, line in enumerate(lines, 1) if quoted in line), 1)
        forms = tuple(value.get(tag, "") for tag in tags) if isinstance(value, Mapping) else value
        catalogue.add(
            (singular, singular) if isinstance(value, Mapping) else singular,
            forms,
            context=context if separator else None,
            lineno=line,
        )
    return catalogue


def plural_tags(locale: str) -> list[str]:
    """Return the CLDR keys that whole numbers take in a language, such as `one few many`."""
    rule = Locale.parse(locale).plural_form
    used = {rule(number) for number in (*range(201), 1_000, 1_000_000)}
    return [tag for tag in ("zero", "one", "two", "few", "many", "other") if tag in used]


def check_catalogue(folder: Path, locale: str, template: Catalog) -> Iterator[Finding]:
    """Yield everything wrong with the catalogue of a language, measured by the messages in the code."""
    file, catalogue = load_catalogue(folder, locale)
    known = {_key(message) for message in catalogue if message.id}
    for message in template:
        if message.id and _key(message) not in known:
            yield Finding(file, 1, "missing", _shown(message))
    wanted = {_key(message): message for message in template if message.id}
    for message in catalogue:
        if not message.id:
            continue
        original = wanted.get(_key(message))
        if original is None:
            yield Finding(file, message.lineno or 1, "obsolete", _shown(message))
        else:
            yield from _check_message(file, message, original, len(plural_tags(locale)), catalogue)
    for message in catalogue.obsolete.values():
        yield Finding(file, message.lineno or 1, "obsolete", _shown(message))


def _check_message(
    file: Path, message: Message, original: Message, tags: int, catalogue: Catalog
) -> Iterator[Finding]:
    line = message.lineno or 1
    forms = _forms(message.string)
    if message.fuzzy:
        yield Finding(file, line, "fuzzy", _shown(message))
    if not any(forms):
        yield Finding(file, line, "missing", _shown(message))
        return
    is_plural = isinstance(original.id, (tuple, list))
    expected = tags if file.suffix == ".json" else get_plural(str(catalogue.locale)).num_plurals
    if is_plural and (len(forms) != expected or not all(forms)):
        given = sum(bool(form) for form in forms)
        yield Finding(file, line, "plural", f"{_shown(message)} has {given} of {expected} forms")
    sources = _forms(original.id)
    allowed = [placeholders(source) for source in sources]
    for form in filter(None, forms):
        if STRAY.search(form) or not _fits(placeholders(form), allowed, is_plural=is_plural):
            yield Finding(file, line, "placeholder", f"{_shown(message)} becomes {form!r}")
        read = html.unescape(form)
        misplaced = MISPLACED.get(str(catalogue.locale), NEVER).search(read)
        if misplaced:
            near = read[max(0, misplaced.start() - 20) : misplaced.end()]
            yield Finding(file, line, "spacing", f"{_shown(message)} has no no-break space at {near!r}")
        if markup(form) not in [markup(source) for source in sources]:
            yield Finding(file, line, "html", f"{_shown(message)} becomes {form!r}")


def _fits(given: Counter[str], allowed: Sequence[Counter[str]], *, is_plural: bool) -> bool:
    """Whether the placeholders are those of the source; a plural's form may leave out the number."""
    if given in allowed:
        return True
    without = [Counter({name: n for name, n in names.items() if name != "%(num)d"}) for names in allowed]
    return is_plural and given in without


def placeholders(text: str) -> Counter[str]:
    """Return the placeholders of a text, such as `%(name)s`, and how often each comes."""
    return Counter(match[0] for match in PLACEHOLDER.finditer(text))


class _Markup(HTMLParser):
    """Collects tags and attributes, and whether every tag is closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.broken = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = " ".join(sorted(name for name, _value in attrs))
        self.tags.append(f"{tag} {names}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken = True


def markup(text: str) -> tuple[str, ...]:
    """Return the sorted tags of a text; one that is broken has a mark of its own and equals no sound one."""
    parser = _Markup()
    parser.feed(text)
    parser.close()
    broken = ("broken",) if parser.broken or parser.open or parser.rawdata else ()
    return (*sorted(parser.tags), *broken)


def clashes(catalogues: Iterable[tuple[str, Path]], locale: str) -> Iterator[Finding]:
    """Yield messages that two folders translate differently: the last one wins everywhere."""
    seen: dict[object, tuple[str, Message]] = {}
    for code, folder in catalogues:
        file, catalogue = load_catalogue(folder, locale)
        for message in catalogue:
            if not message.id or message.fuzzy or not any(_forms(message.string)):
                continue
            before = seen.get(_key(message))
            if before and _forms(before[1].string) != _forms(message.string):
                text = f"{_shown(message)} is translated otherwise in {before[0]}; give one of them a context"
                yield Finding(file, message.lineno or 1, "clash", text)
            seen[_key(message)] = (code, message)


def coverage(code: str, folder: Path, locale: str, template: Catalog) -> Coverage:
    """Count what is translated of the messages in the code."""
    _file, catalogue = load_catalogue(folder, locale)
    found = {_key(message): message for message in catalogue if message.id}
    total = translated = fuzzy = 0
    for message in template:
        if not message.id:
            continue
        total += 1
        known = found.get(_key(message))
        fuzzy += bool(known and known.fuzzy)
        translated += bool(known and not known.fuzzy and all(_forms(known.string)))
    return Coverage(code, locale, total, translated, fuzzy)


def _key(message: Message) -> tuple[str | None, str]:
    return message.context or None, _forms(message.id)[0]


def _forms(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value or "",)


def _shown(message: Message) -> str:
    return repr(_forms(message.id)[0])
