import json
import os
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, g, render_template_string, request
from pydantic import BaseModel

from wizamart import i18n
from wizamart.i18n import force_locale, gettext, lazy_gettext, lazy_pgettext, ngettext, npgettext, pgettext
from wizamart.i18n.selection import Preferences, choose_locale

POLISH = r"""msgid ""
msgstr ""
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"
"Content-Type: text/plain; charset=utf-8\n"

msgid "%(num)d file"
msgid_plural "%(num)d files"
msgstr[0] "%(num)d plik"
msgstr[1] "%(num)d pliki"
msgstr[2] "%(num)d plików"

msgctxt "verb"
msgid "Order"
msgstr "Zamów"

msgid "Order"
msgstr "Zamówienie"

#, fuzzy
msgid "Doubtful"
msgstr "Wątpliwe"
"""


def write(folder, locale, text):
    file = folder / locale / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def make_app(*folders, watch=False, **preferences):
    app = Flask("languages")
    wishes = Preferences(platform_locales=("en", "fr", "de", "lb", "pl"), **preferences)
    named = [(f"module-{number}", folder) for number, folder in enumerate(folders)]
    i18n.init_app(app, catalogue_folders=named, preferences=lambda: wishes, watch=watch)
    return app


@pytest.fixture
def polish(tmp_path):
    write(tmp_path / "first", "pl", POLISH)
    (tmp_path / "last").mkdir()  # lacks the language, which is where Flask-Babel's own domain goes astray
    return make_app(tmp_path / "first", tmp_path / "last")


@pytest.mark.parametrize(("num", "text"), [(1, "1 plik"), (3, "3 pliki"), (5, "5 plików"), (22, "22 pliki")])
def test_polish_plurals_hold_although_the_last_folder_lacks_the_language(polish, num, text):
    with polish.test_request_context("/?lang=pl"):
        assert ngettext("%(num)d file", "%(num)d files", num) == text


def test_a_context_tells_equal_texts_apart(polish):
    with polish.test_request_context("/?lang=pl"):
        assert (gettext("Order"), pgettext("verb", "Order")) == ("Zamówienie", "Zamów")
        assert str(lazy_pgettext("verb", "Order")) == "Zamów"
        assert npgettext("x", "%(num)d cat", "%(num)d cats", 2) == "2 cats"


def test_a_doubtful_translation_is_not_shown(polish):
    with polish.test_request_context("/?lang=pl"):
        assert gettext("Doubtful") == "Doubtful"


def test_luxembourgish_json_uses_cldr_keys(tmp_path):
    content = {"%(num)d day": {"one": "%(num)d Dag", "other": "%(num)d Deeg"}, "menu\x04Open": "Opmaachen"}
    (tmp_path / "lb.json").write_text(json.dumps(content), encoding="utf-8")

    with make_app(tmp_path).test_request_context("/?lang=lb"):
        assert [ngettext("%(num)d day", "%(num)d days", num) for num in (1, 2)] == ["1 Dag", "2 Deeg"]
        assert pgettext("menu", "Open") == "Opmaachen"


def test_the_last_folder_wins(tmp_path):
    for name in ("first", "last"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fr.json").write_text(json.dumps({"Hello": name}), encoding="utf-8")

    with make_app(tmp_path / "first", tmp_path / "last").test_request_context("/?lang=fr"):
        assert gettext("Hello") == "last"


def test_a_changed_file_is_read_again_at_the_next_request_while_watching(tmp_path):
    file = tmp_path / "fr.json"
    file.write_text('{"Hello": "Bonjour"}', encoding="utf-8")
    app = make_app(tmp_path, watch=True)
    with app.test_request_context("/?lang=fr"):
        before = gettext("Hello")

    file.write_text('{"Hello": "Salut"}', encoding="utf-8")
    os.utime(file, ns=(1, 1))
    with app.test_request_context("/?lang=fr"):
        after = gettext("Hello")

    assert (before, after) == ("Bonjour", "Salut")


def test_a_broken_catalogue_is_logged_and_leaves_english(tmp_path, caplog):
    (tmp_path / "fr.json").write_text("{", encoding="utf-8")

    with make_app(tmp_path).test_request_context("/?lang=fr"):
        assert gettext("Hello") == "Hello"

    assert "catalogue_unreadable" in caplog.text


def test_a_lazy_text_is_translated_when_shown(polish):
    text = lazy_gettext("Order")

    assert str(text) == "Order"
    with polish.test_request_context("/?lang=pl"):
        assert str(text) == "Zamówienie"
        with force_locale("en"):
            assert str(text) == "Order"


def test_a_lazy_text_is_a_string_to_the_applications_json(polish):
    with polish.test_request_context("/?lang=pl"):
        assert polish.json.loads(polish.json.dumps({"label": lazy_gettext("Order")})) == {
            "label": "Zamówienie"
        }


def test_a_lazy_text_behaves_like_text_in_expressions():
    text = lazy_gettext("Hello %(name)s")

    assert text % {"name": "Ada"} == "Hello Ada"
    assert text + "!" == "Hello %(name)s!"
    assert f"{lazy_gettext('Hi'):>4}" == "  Hi"
    assert ", ".join(map(str, [lazy_gettext("a"), lazy_gettext("b")])) == "a, b"
    assert lazy_gettext("a") == lazy_gettext("a") == "a"
    assert len({lazy_gettext("a"), lazy_gettext("a")}) == 1
    assert lazy_pgettext("x", "a") != lazy_gettext("a")


def test_a_lazy_text_becomes_pydantics_str_by_asking_for_it():
    class Label(BaseModel):
        text: str

    assert Label(text=str(lazy_gettext("a"))).text == "a"


def test_templates_escape_what_is_filled_in_and_the_lazy_text_itself():
    with make_app().test_request_context("/"):
        filled = render_template_string("{{ _('<b>%(name)s</b> 100%%', name='<i>') }}")
        plain = render_template_string("{{ _('100 %') }} {{ text }}", text=lazy_gettext("<b>"))

    assert filled == "<b>&lt;i&gt;</b> 100%"
    assert plain == "100 % &lt;b&gt;"


def test_templates_and_code_ask_for_the_same_plural(polish):
    with polish.test_request_context("/?lang=pl"):
        text = render_template_string("{{ ngettext('%(num)d file', '%(num)d files', 5) }}")

    assert text == "5 plików"


def test_without_an_application_texts_are_english_and_values_are_shown():
    assert gettext("Hello %(name)s", name="Ada") == "Hello Ada"
    assert i18n.format_money(1999, "EUR") == "€19.99"
    assert i18n.current_locale() == "en"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(123456, "EUR", "1\u202f234,56\xa0€"), (500, "JPY", "500\xa0JPY"), (1234, "BHD", "1,234\xa0BHD")],
)
def test_money_has_the_decimals_of_its_currency(minor, currency, text):
    with make_app().test_request_context("/?lang=fr"):
        assert i18n.format_money(minor, currency) == text


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("?lang=de", "fr", "lb", "de"),
        ("", "fr", "lb", "fr"),
        ("", None, "it, lb;q=0.8, de;q=0.5", "lb"),
        ("", None, "de-AT", "de"),
        ("?lang=xx", "../etc", "it", "en"),
    ],
)
def test_the_language_is_the_first_wish_that_is_offered(query, cookie, header, expected):
    headers = {"Accept-Language": header}
    if cookie:
        headers["Cookie"] = f"locale={cookie}"

    with make_app().test_request_context(f"/{query}", headers=headers):
        assert i18n.current_locale() == expected
        assert request.path == "/"


def test_the_users_language_goes_before_all_others_but_that_of_the_address():
    assert choose_locale(Preferences(user_locale="lb", platform_locale="fr"), cookie="de") == "lb"
    assert choose_locale(Preferences(user_locale="lb", platform_locale="fr"), address="de") == "de"
    assert choose_locale(Preferences(user_locale="lb", platform_locale="fr"), address="xx") == "lb"
    assert choose_locale(Preferences(user_locale="lb", platform_locales=["fr"], platform_locale="fr")) == "fr"


def test_the_choice_is_made_anew_once_the_user_is_known():
    app = Flask("languages")
    i18n.init_app(app)
    with app.test_request_context("/", headers={"Accept-Language": "fr"}):
        before = i18n.current_locale()
        g._login_user = SimpleNamespace(locale="de", time_zone="Asia/Tokyo")

        assert (before, i18n.current_locale()) == ("fr", "de")
        assert i18n.format_datetime(datetime(2026, 1, 1, 20, tzinfo=UTC), "HH:mm") == "05:00"
        assert i18n.format_date(datetime(2026, 1, 1, 20, tzinfo=UTC)) == "02.01.2026"


def test_right_to_left_languages_say_so():
    assert (i18n.text_direction("ar"), i18n.text_direction("fr")) == ("rtl", "ltr")


def test_english_days_are_written_as_in_europe():
    with make_app().test_request_context("/?lang=en"):
        noon = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
        assert i18n.format_date(noon) == "22 Nov 2026"
        assert i18n.format_time(noon, "short") == noon.astimezone(i18n.current_time_zone()).strftime("%H:%M")
        assert i18n.format_money(123450, "EUR") == "€1,234.50"


def test_a_time_is_written_with_its_day_as_days_are_written_and_without_seconds():
    with make_app().test_request_context("/?lang=en"):
        noon = datetime(2026, 11, 22, 13, 5, 59, tzinfo=UTC)
        assert i18n.format_datetime(noon) == f"{i18n.format_date(noon)}, {i18n.format_time(noon)}"


@pytest.mark.parametrize(
    ("reader", "words"), [("fr", "anglais"), ("de", "Englisch"), ("lb", "Englesch"), ("en", "English")]
)
def test_sentences_call_a_language_what_the_reader_calls_it(app, reader, words):
    with app.test_request_context(), force_locale(reader):
        assert i18n.language_in_words("en") == words
        assert render_template_string("{{ 'en'|language }}") == words
        assert i18n.language_in_words("no such") == "no such"
