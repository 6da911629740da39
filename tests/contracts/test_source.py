"""Rules of the house that hold for every file of the tree."""

import re
from pathlib import Path

import pytest

from modules.tenancy.services.matrix_service import VERBS
from tests.contracts.tree import files
from wizamart.config import ROOT
from wizamart.i18n.catalogues import read_messages
from wizamart.module_system.migration_history import FRAMEWORK_HISTORY, histories_of, import_models
from wizamart.module_system.registry import installed_registry

# Put together here, so that this file does not find itself.
UNFINISHED = re.compile(rf"\b({'TO'}DO|{'FIX'}ME|{'XX'}X|{'HA'}CK|raise {'Not'}ImplementedError)\b")
FORBIDDEN_IN_TEMPLATES = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")", re.IGNORECASE
    ),
    "hx-on": re.compile(r"\bhx-on\b"),
    "htmx's short attributes": re.compile(r"(?<![\w-])hx-(?!on\b)[a-z-]+\s*=\s*[\"']"),
    "evaluated values": re.compile(r"data-hx-vals\s*=\s*[\"']\s*(js|javascript):"),
    "a filter in a trigger": re.compile(r"data-hx-trigger\s*=\s*\"([^\"]*,)?\s*[\w:.-]+\["),
    "the filter safe": re.compile(r"\|\s*safe\b"),
    "a variable as message, which would be markup: use the filter translate": re.compile(
        r"(?<![\w.])(_\(|n?gettext\(|n?pgettext\(\s*[\"'][^\"']*[\"'],)\s*[A-Za-z]"
    ),
    "a trans block": re.compile(r"\{%-?\s*trans\b"),
}
TEMPLATES = [
    file
    for file in files("*.html")
    if "templates" in file.relative_to(ROOT).parts and "tests" not in file.parts
]
HISTORIES = histories_of(installed_registry().values())


def name(value: object) -> str:
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(getattr(value, "code", value))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_template_keeps_to_the_content_security_policy_and_to_plain_markup(file):
    text = re.sub(
        r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), file.read_text(), flags=re.DOTALL
    )

    found = [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {what}"
        for what, pattern in FORBIDDEN_IN_TEMPLATES.items()
        for match in pattern.finditer(text)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("file", [file for file in TEMPLATES if file.name.startswith("_")], ids=name)
def test_partial_names_its_inputs_in_its_first_line(file):
    first = file.read_text().partition("\n")[0]

    assert first.startswith(("{#", "{#-")), first


@pytest.mark.parametrize("file", files("*.py", "*.html", "*.js", "*.css"), ids=name)
def test_nothing_is_left_unfinished(file):
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if UNFINISHED.search(line)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "file", files("*.py", under=ROOT / "wizamart") + files("*.py", under=ROOT / "modules"), ids=name
)
def test_file_is_short_enough_to_be_read_in_one_go(file):
    assert len(file.read_text().splitlines()) <= 400


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_template_is_short_enough_to_be_read_in_one_go(file):
    assert len(file.read_text().splitlines()) <= 100


@pytest.mark.parametrize("history", HISTORIES, ids=name)
def test_migrations_are_named_and_numbered_by_the_rule(history):
    assert not history.find_name_faults()


@pytest.mark.parametrize("history", HISTORIES, ids=name)
def test_migrations_follow_each_other_in_the_order_of_their_names(history):
    before = None
    for revision in history.revisions:
        text = (history.path / f"{revision}.py").read_text()

        assert f'revision = "{revision}"' in text
        assert f"down_revision = {before!r}".replace("'", '"') in text
        before = revision


def test_every_table_of_a_module_begins_with_its_package():
    import_models(HISTORIES)
    from wizamart.database import Base  # the metadata is complete only now

    owners = {history.package: history for history in HISTORIES if history is not FRAMEWORK_HISTORY}
    strangers = [
        f"{mapper.local_table} of {mapper.class_.__module__}"
        for mapper in Base.registry.mappers
        for package, history in owners.items()
        if mapper.class_.__module__.startswith(f"{package}.")
        and not str(mapper.local_table).startswith(f"{history.owner}_")
    ]

    assert not strangers


@pytest.mark.parametrize("locale", ["fr", "de", "lb"])
def test_what_roles_and_tiers_list_has_a_word_in_every_language(locale):
    modules = [module for module in installed_registry().values() if module.package.startswith("modules.")]
    names = {feature.rpartition(".")[2] for module in modules for feature in module.features}
    names |= {part for module in modules for code in module.permissions for part in code.split(":")[1:]}
    known = {
        key.removeprefix("permission\x04")
        for file in files("messages.po")
        if file.parts[-3] == locale
        for key in read_messages(file, locale)
    }

    words = {re.sub("[_-]", " ", name).capitalize() for name in names - set(VERBS)}

    assert words <= known


def test_every_hook_that_modules_serve_is_named_in_the_guide_for_authors():
    guide = (ROOT / "docs" / "writing-a-module.md").read_text("utf-8")
    served = {
        hook
        for file in files("*.py")
        if file.is_relative_to(ROOT / "modules")
        for hook in re.findall(r"@contributes\(\"([^\"]+)\"", file.read_text("utf-8"))
    }

    assert served
    assert {hook for hook in served if f"`{hook}`" not in guide} == set()
