import json

import pytest
from flask import Flask

from wizamart import i18n
from wizamart.commands.i18n import i18n_group
from wizamart.i18n.checks import check_catalogue, clashes, markup, plural_tags
from wizamart.i18n.extraction import Source, extract, update

CODE = """
from wizamart.i18n import gettext as _, ngettext, pgettext
TEXTS = _("Hello %(name)s"), ngettext("%(num)d cat", "%(num)d cats", 2), pgettext("verb", "Order")
"""
TEMPLATE = '<p>{{ _("See <a href=\\"/x\\">here</a>") }} {{ ngettext("%(num)d dog", "%(num)d dogs", n) }}</p>'


@pytest.fixture
def source(tmp_path):
    root = tmp_path / "shop"
    (root / "templates").mkdir(parents=True)
    (root / "code.py").write_text(CODE, encoding="utf-8")
    (root / "templates" / "page.html").write_text(TEMPLATE.replace("\\\\", "\\"), encoding="utf-8")
    return Source("shop", (root,), root / "locales")


@pytest.fixture
def app(source):
    app = Flask("commands")
    app.cli.add_command(i18n_group)
    i18n.init_app(app, catalogue_folders=[(source.code, source.folder)])
    return app


def catalogue(source, locale="fr"):
    return source.folder / locale / "LC_MESSAGES" / "messages.po"


def test_messages_are_found_in_code_and_templates(source):
    found = {message.id for message in extract(source) if message.id}

    assert "Hello %(name)s" in found
    assert ("%(num)d cat", "%(num)d cats") in found
    assert ("%(num)d dog", "%(num)d dogs") in found
    assert extract(source).get("Order", "verb")


def test_the_texts_of_a_module_to_be_made_are_left_to_it(source):
    files = source.roots[0] / "scaffold" / "files"
    files.mkdir(parents=True)
    (files / "page.html").write_text('{{ _("Add entry") }}', encoding="utf-8")
    (files.parent / "code.py").write_text(CODE.replace("Hello", "Made"), encoding="utf-8")

    found = {message.id for message in extract(source)}

    assert "Made %(name)s" in found
    assert "Add entry" not in found


def test_an_update_of_the_same_messages_changes_nothing(source):
    assert update(source, extract(source), "fr")
    text = catalogue(source).read_text(encoding="utf-8")

    (source.roots[0] / "code.py").write_text("\n\n" + CODE, encoding="utf-8")

    assert not update(source, extract(source), "fr")
    assert catalogue(source).read_text(encoding="utf-8") == text
    assert "Creation-Date" not in text
    assert "#: shop/code.py\n" in text


def test_an_update_keeps_translations_and_marks_what_is_gone(source):
    update(source, extract(source), "fr")
    file = catalogue(source)
    text = file.read_text(encoding="utf-8")
    translated = text.replace(
        'msgid "Hello %(name)s"\nmsgstr ""', 'msgid "Hello %(name)s"\nmsgstr "Salut %(name)s"'
    )
    assert translated != text
    file.write_text(translated, encoding="utf-8")
    (source.roots[0] / "code.py").write_text(
        CODE.replace('pgettext("verb", "Order")', '_("New")'), encoding="utf-8"
    )

    update(source, extract(source), "fr")

    text = file.read_text(encoding="utf-8")
    assert 'msgstr "Salut %(name)s"' in text
    assert 'msgid "New"' in text


def faults(source, locale, content):
    source.folder.mkdir(exist_ok=True)
    (source.folder / f"{locale}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return {finding.kind for finding in check_catalogue(source.folder, locale, extract(source))}


SOUND = {
    "Hello %(name)s": "Salut %(name)s",
    "%(num)d cat": {"one": "un chat", "many": "%(num)d de chats", "other": "%(num)d chats"},
    "%(num)d dog": {"one": "%(num)d chien", "many": "%(num)d de chiens", "other": "%(num)d chiens"},
    "verb\x04Order": "Commander",
    'See <a href="/x">here</a>': 'Voir <a href="/x">ici</a>',
}


def test_a_sound_catalogue_has_no_faults(source):
    assert faults(source, "fr", SOUND) == set()


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("Hello %(name)s", "Salut %(nom)s", "placeholder"),
        ("Hello %(name)s", "Salut %(name)", "placeholder"),
        ("Hello %(name)s", "", "missing"),
        ("%(num)d cat", {"one": "un chat"}, "plural"),
        ('See <a href="/x">here</a>', 'Voir <a href="/x">ici', "html"),
        ('See <a href="/x">here</a>', 'Voir <a href="/x" onclick="y()">ici</a>', "html"),
        ("Gone", "Parti", "obsolete"),
    ],
)
def test_the_check_finds(source, key, value, kind):
    assert kind in faults(source, "fr", {**SOUND, key: value})


@pytest.mark.parametrize(
    "text",
    [
        "Salut %(name)s !",
        "Salut %(name)s!",
        "Salut : %(name)s",
        "Salut: %(name)s",
        "Salut; %(name)s",
        "Salut\u202f; %(name)s",
        "Salut « %(name)s »",
        "Salut «%(name)s»",
        "Salut, « %(name)s\xa0»",
        "Salut\xa0? %(name)s ?",
    ],
)
def test_signs_of_french_are_kept_to_their_words(source, text):
    assert faults(source, "fr", SOUND | {"Hello %(name)s": text}) == {"spacing"}
    assert faults(source, "de", SOUND | {"Hello %(name)s": text}) == faults(source, "de", SOUND)


@pytest.mark.parametrize(
    "text",
    [
        "Salut «\xa0%(name)s\xa0»\xa0!",
        "Salut\xa0?! %(name)s",
        "![photo](media:1) ![%(name)s](https://a.test/?b=1)",
        "À 12:30, %(name)s",
        "Salut&nbsp;: moi &amp; %(name)s&nbsp;!",
    ],
)
def test_french_that_is_spaced_well_and_signs_of_code_are_sound(source, text):
    assert faults(source, "fr", SOUND | {"Hello %(name)s": text}) == set()


def test_two_modules_that_translate_a_message_differently_are_reported(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fr.json").write_text(json.dumps({"Order": name}), encoding="utf-8")

    found = list(clashes([("one", tmp_path / "one"), ("two", tmp_path / "two")], "fr"))

    assert [finding.kind for finding in found] == ["clash"]


def test_broken_markup_equals_no_sound_one():
    assert markup("<b>x") != markup("<b>x</b>")
    assert markup("a < b") == markup("b < a")


def test_plural_keys_are_those_the_language_has():
    assert plural_tags("pl") == ["one", "few", "many"]
    assert plural_tags("lb") == ["one", "other"]


def test_check_fails_and_names_file_and_line(app, source):
    runner = app.test_cli_runner()
    runner.invoke(args=["i18n", "update", "--module", "shop"])

    result = runner.invoke(args=["i18n", "check", "--module", "shop", "--locale", "fr"])

    assert result.exit_code == 1
    assert "messages.po:" in result.output
    assert "missing: 'Hello %(name)s'" in result.output


def test_check_tells_programs_what_is_wrong_and_fails_as_well(app, source):
    runner = app.test_cli_runner()
    runner.invoke(args=["i18n", "update", "--module", "shop"])
    command = ["i18n", "check", "--module", "shop", "--json", "--locale"]

    result = runner.invoke(args=[*command, "fr"])
    sound = runner.invoke(args=[*command, "en"])

    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert {"file", "line", "kind", "message"} == set(found[0])
    assert "'Hello %(name)s'" in {one["message"] for one in found}
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, [])


def test_stats_count_by_module_and_language(app, source):
    faults(source, "fr", {**SOUND, "Hello %(name)s": ""})

    result = app.test_cli_runner().invoke(
        args=["i18n", "stats", "--module", "shop", "--locale", "fr", "--json"]
    )

    assert json.loads(result.output) == [
        {"code": "shop", "locale": "fr", "total": 5, "translated": 4, "fuzzy": 0, "percent": 80}
    ]


def test_extract_leaves_no_template_in_the_tree(app, source, tmp_path):
    result = app.test_cli_runner().invoke(
        args=["i18n", "extract", "--module", "shop", "--output", str(tmp_path / "out")]
    )

    assert result.exit_code == 0
    assert (tmp_path / "out" / "shop.pot").is_file()
    assert not list(source.roots[0].rglob("*.pot"))
