import datetime as dt
import enum
from decimal import Decimal
from typing import Literal

import pytest
from flask import Flask, render_template_string
from jinja2 import StrictUndefined
from pydantic import BaseModel, EmailStr, Field, HttpUrl, SecretStr, model_validator
from werkzeug.datastructures import MultiDict

from wizamart import i18n, secrets
from wizamart.config import ROOT, Settings
from wizamart.exceptions import InvalidInput
from wizamart.module_system import config_forms
from wizamart.web import forms
from wizamart.web.forms import SchemaForm


class Mode(enum.StrEnum):
    TEST = "test"
    LIVE = "live_mode"


class Line(BaseModel):
    text: str = Field(min_length=2)
    number: int = 0
    key: SecretStr | None = None


class Config(BaseModel):
    name: str = Field(max_length=5, title="Display name", description="Shown to customers.")
    notes: str = Field("", max_length=1000)
    price: int = Field(0, ge=0, le=100_000, json_schema_extra={"kind": "money"})
    rate: Decimal = Field(Decimal("0.5"), gt=0)
    count: int = Field(3, gt=0, lt=10)
    mode: Mode = Mode.TEST
    channels: list[Literal["mail", "sms"]] = []
    tags: list[str] = Field(["a"], max_length=3)
    is_on: bool = True
    key: SecretStr | None = None
    since: dt.date | None = Field(None, json_schema_extra={"shown_when": {"mode": "live_mode"}})
    mail: EmailStr | None = None
    site: HttpUrl | None = None
    line: Line = Line(text="xx")
    lines: list[Line] = []
    place: int | None = None

    @model_validator(mode="after")
    def refuse_bad(self):
        if self.name == "bad":
            raise ValueError("This name is taken.")
        return self


PLACES = {"place": [(1, "Main")]}
GOOD = [
    ("name", "ok"),
    ("line.text", "yy"),
    ("place", "1"),
    ("count", "3"),
    ("rate", "0.5"),
    ("price", "12,34"),
]
PAGE = '{% from "components/config_form.html" import config_form %}{{ config_form(form, "/x") }}'


@pytest.fixture(autouse=True)
def context():
    secrets.init_app(Settings(_env_file=None))
    app = Flask("forms", root_path=str(ROOT))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    i18n.init_app(app)
    with app.test_request_context("/"):
        yield


def sent(*pairs, **options):
    return SchemaForm(Config, MultiDict(pairs), choices=PLACES, **options)


def test_kinds_labels_and_limits_come_from_the_model():
    fields = {field.name: field for field in SchemaForm(Config, choices=PLACES).fields}

    assert {name: field.kind for name, field in fields.items()} == {
        "name": "text",
        "notes": "textarea",
        "price": "money",
        "rate": "decimal",
        "count": "integer",
        "mode": "select",
        "channels": "multiselect",
        "tags": "lines",
        "is_on": "boolean",
        "key": "secret",
        "since": "date",
        "mail": "email",
        "site": "url",
        "line": "group",
        "lines": "groups",
        "place": "select",
    }
    assert (fields["name"].label, fields["name"].help) == ("Display name", "Shown to customers.")
    assert fields["name"].required
    assert not fields["count"].required
    assert fields["count"].limits == {"min": 1, "max": 9}
    assert fields["since"].condition_field == "mode"
    assert fields["mode"].choices == (("test", "Test"), ("live_mode", "Live mode"))


def test_a_good_form_becomes_an_instance():
    form = sent(*GOOD, ("channels", "sms"), ("tags", "a\r\n\r\n b \r\n"), ("is_on", "true"))

    assert form.is_valid
    assert form.value.price == 1234
    assert form.value.tags == ["a", "b"]
    assert form.value.channels == ["sms"]
    assert form.value.is_on
    assert form.value.place == 1


def test_errors_stand_at_their_fields_and_the_input_is_kept():
    form = sent(
        ("name", "much too long"),
        ("price", "1.234"),
        ("rate", "x"),
        ("count", "10"),
        ("mode", "?"),
        ("tags", "a\nb\nc\nd"),
        ("since", "2026-13-01"),
        ("mail", "x"),
        ("site", "x"),
        ("line.text", ""),
        ("lines.0.text", "a"),
        ("place", "7"),
    )

    assert form.errors == {
        "name": ["Enter at most 5 characters."],
        "price": ["Enter an amount, such as 12.50."],
        "rate": ["Enter a number."],
        "count": ["Enter a value less than 10."],
        "mode": ["Choose one of the options."],
        "tags": ["Enter at most 3 entries."],
        "since": ["Enter a valid date."],
        "mail": ["Enter a valid e-mail address."],
        "site": ["Enter a complete address, such as https://example.com."],
        "line.text": ["Please fill in this field."],
        "lines.0.text": ["Enter at least 2 characters."],
        "place": ["Choose one of the options."],
    }
    assert form["name"].text == "much too long"
    with pytest.raises(InvalidInput) as raised:
        form.validate_or_raise()
    assert raised.value.errors == form.errors


def test_an_input_of_one_line_holds_one_line_and_a_larger_one_several():
    sent = MultiDict({**dict(GOOD), "name": " a\r\nb\x1b ", "line.text": "x\u2028\u202ey", "notes": "1\r\n2"})

    value = SchemaForm(Config, sent, choices=PLACES).value

    assert (value.name, value.line.text, value.notes) == ("a b", "x y", "1\n2")


def test_limits_of_money_are_named_as_money():
    assert sent(*GOOD, ("price", "x")).is_valid  # the first value of a name counts
    assert sent(*[pair for pair in GOOD if pair[0] != "price"], ("price", "1000.01")).errors == {
        "price": ["Enter 1000.00 or less."]
    }


@pytest.mark.parametrize("typed", ["1e999998", "1e99999", "9" * 5000, "1e-1000000"])
def test_an_amount_beyond_all_reckoning_is_refused_where_it_was_typed(typed):
    form = sent(("price", typed), *[pair for pair in GOOD if pair[0] != "price"])

    assert list(form.errors) == ["price"]
    assert form["price"].text == typed


def test_a_rule_of_the_whole_model_is_an_error_of_the_whole_form():
    form = sent(("name", "bad"), *GOOD[1:])

    assert form.form_errors == ["This name is taken."]


def test_secrets_are_kept_replaced_removed_and_never_shown():
    stored = Config(name="ok", key="old-secret", lines=[Line(text="ab", key="row-secret")])
    row = ("lines.0.text", "ab")

    kept = sent(*GOOD, row, obj=stored)
    replaced = sent(*GOOD, row, ("key", "new-secret"), obj=stored)
    removed = sent(*GOOD, row, ("key.~remove", "1"), obj=stored)

    assert kept.value.key.get_secret_value() == "old-secret"
    assert kept.value.lines[0].key.get_secret_value() == "row-secret"
    assert replaced.value.key.get_secret_value() == "new-secret"
    assert removed.value.key is None
    for form in (kept, replaced, SchemaForm(Config, obj=stored, choices=PLACES)):
        assert "-secret" not in render_template_string(PAGE, form=form)


def test_a_secret_without_a_field_of_its_own_is_refused():
    class Leaky(BaseModel):
        keys: list[SecretStr] = []

    with pytest.raises(TypeError, match="a secret must be a field"):
        list(SchemaForm(Leaky).fields)


def test_rows_are_added_removed_and_left_blank():
    form = sent(
        *GOOD,
        ("lines.0.text", "gone"),
        ("lines.0.~remove", "1"),
        ("lines.1.text", "stays"),
        ("lines.2.text", ""),
        ("lines.2.number", ""),
    )

    assert [line.text for line in form.value.lines] == ["stays"]


def test_a_page_with_many_mistakes_builds_no_more_fields_than_one_with_few(monkeypatch):
    built = []
    build = forms.build_fields
    monkeypatch.setattr(forms, "build_fields", lambda *given: built.append(1) or build(*given))

    def count(rows):
        built.clear()
        page = render_template_string(
            PAGE, form=sent(*GOOD, *((f"lines.{number}.text", "x") for number in range(rows)))
        )
        assert page.count('href="#field-lines-') == rows
        return len(built)

    assert count(40) == count(2)


def test_the_names_of_a_form_are_gone_through_once_however_many_rows_it_has():
    class Counted(MultiDict):
        passes = 0

        def keys(self):
            self.passes += 1
            return super().keys()

    rows = [(f"lines.{number}.{name}", "") for number in range(50) for name in ("text", "number")]
    data = Counted([*GOOD, *rows, ("lines.50.text", "stays"), ("lines.²." + "x." * 50, "no row")])

    form = SchemaForm(Config, data)

    assert [line.text for line in form.value.lines] == ["stays"]
    assert data.passes == 1


def test_the_page_ties_labels_help_and_errors_to_their_inputs():
    html = render_template_string(PAGE, form=sent(("name", "<script>x")))

    assert '<label class="form-label required" for="field-name">Display name</label>' in html
    assert 'aria-describedby="field-name-help field-name-errors"' in html
    assert 'id="field-name-errors">Enter at most 5 characters.<' in html
    assert '<a href="#field-line-text">Text</a>' in html
    assert "<script>" not in html


def test_only_what_differs_from_the_defaults_is_stored():
    defaults = {"name": "ok", "count": 5}

    assert config_forms.differences(Config, Config(name="ok", count=5), defaults) == {}
    assert config_forms.differences(Config, Config(name="ok", line=Line(text="xx", number=2)), defaults) == {
        "count": 3,
        "line": {"number": 2},
    }


def test_sealed_secrets_are_unreadable_at_rest_and_come_back():
    values = {"key": "plain", "lines": [{"text": "ab", "key": "inner"}], "count": 4}

    sealed = config_forms.seal(Config, values)

    assert "plain" not in str(sealed)
    assert "inner" not in str(sealed)
    assert config_forms.seal(Config, sealed) == sealed
    assert config_forms.unseal(Config, sealed) == values
    assert config_forms.redact(Config, sealed) == {
        "key": "[secret]",
        "lines": [{"text": "ab", "key": "[secret]"}],
        "count": 4,
    }


def test_a_stored_value_gone_stale_gives_way_to_its_default_and_is_reported():
    stored = {"count": 99, "rate": "0.7", "line": {"text": "z"}, "key": {"$sealed": "broken"}}

    config, faults = config_forms.with_defaults(Config, stored, {"name": "ok"})

    assert (config.count, config.rate, config.line.text, config.key) == (3, Decimal("0.7"), "xx", None)
    assert {fault.path for fault in faults} == {"count", "line.text", "key"}
    assert stored["count"] == 99


def test_stored_values_that_contradict_each_other_give_way_together():
    config, faults = config_forms.with_defaults(Config, {"name": "bad"}, {"name": "ok"})

    assert config.name == "ok"
    assert [fault.path for fault in faults] == [""]


def test_unknown_keys_are_refused_where_asked():
    _config, errors = config_forms.validate(Config, {"name": "ok", "colour": "red"}, refuse_unknown=True)

    assert errors == {"colour": ["This setting is not known."]}


def test_what_a_service_refuses_is_shown_at_its_field():
    form = sent(*GOOD)
    form.add_errors({"name": ["Taken."]})

    assert not form.is_valid
    assert form["name"].errors == ("Taken.",)


class Shelf(BaseModel):
    name: str = ""
    tags: list[str] = []
    lines: list[Line] = []
    key: SecretStr | None = None


def test_texts_that_show_nothing_are_refused_at_their_fields_and_a_secret_is_no_text():
    sent = {
        "name": "\u202e\u2066",
        "tags": ["red", "\ufeff"],
        "lines": [{"text": "seen"}, {"text": "\u3164\u3164"}],
        "key": "\u200b",
    }

    value, errors = config_forms.validate(Shelf, sent)

    assert value is None
    assert list(errors) == ["name", "tags", "lines.1.text"]
    assert errors["name"] == ["This shows nothing. Enter at least one character that can be seen."]
    assert config_forms.validate(Shelf, {"name": "", "key": "\u200b"})[1] == {}


class Plan(BaseModel):
    at: dt.datetime | None = None
    lines: list[dt.datetime] = []


def test_moments_that_do_not_exist_in_every_time_zone_are_refused_at_their_fields():
    sent = {"at": "0001-01-01T00:00", "lines": ["2026-03-02T09:00", "9999-12-31T23:59Z"]}

    value, errors = config_forms.validate(Plan, sent)

    assert value is None
    assert errors == {name: ["Enter a valid date and time."] for name in ("at", "lines")}
    assert config_forms.validate(Plan, {"at": "0002-01-01T00:00", "lines": ["9998-12-31T23:59Z"]})[1] == {}


class Basket(BaseModel):
    pieces: list[str] = Field(min_length=1)
    pairs: list[str] = Field(min_length=2)


def test_a_list_that_is_too_short_is_told_in_words():
    errors = config_forms.validate(Basket, {"pieces": [], "pairs": ["one"]})[1]

    assert errors == {"pieces": ["Enter at least one."], "pairs": ["Enter at least 2 entries."]}
