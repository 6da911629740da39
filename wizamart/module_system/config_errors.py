"""Judge values by a pydantic model, and say in the reader's language what is wrong, at each field."""

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

from babel.numbers import get_currency_precision
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wizamart.i18n import LazyText, gettext, lazy_gettext as _
from wizamart.invisible import SHOWS_NOTHING, shows_nothing
from wizamart.module_system.config_fields import extra_of, read_shape

M = TypeVar("M", bound=BaseModel)

FORM = ""  # the path of errors that concern the form as a whole

_NUMBER = _("Enter a number.")
_WHOLE = _("Enter a whole number.")
_DATE = _("Enter a valid date.")
_MOMENT = _("Enter a valid date and time.")
_TIME = _("Enter a valid time.")
_CHOICE = _("Choose one of the options.")
_URL = _("Enter a complete address, such as https://example.com.")

MESSAGES: dict[str, LazyText] = {
    "missing": _("Please fill in this field."),
    "extra_forbidden": _("This setting is not known."),
    "string_type": _("Enter a text."),
    "string_too_short": _("Enter at least %(min_length)s characters."),
    "string_too_long": _("Enter at most %(max_length)s characters."),
    "string_pattern_mismatch": _("This does not have the expected form."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _("This number is too large."),
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_digits": _("Enter at most %(max_digits)s digits."),
    "decimal_max_places": _("Enter at most %(decimal_places)s decimal places."),
    "decimal_whole_digits": _("Enter at most %(whole_digits)s digits before the decimal point."),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": _("Enter a value greater than %(gt)s."),
    "greater_than_equal": _("Enter %(ge)s or more."),
    "less_than": _("Enter a value less than %(lt)s."),
    "less_than_equal": _("Enter %(le)s or less."),
    "multiple_of": _("Enter a multiple of %(multiple_of)s."),
    "bool_type": _("Choose yes or no."),
    "bool_parsing": _("Choose yes or no."),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": _("Enter a date in the past."),
    "date_future": _("Enter a date in the future."),
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _("The time needs a time zone."),
    "time_type": _TIME,
    "time_parsing": _TIME,
    "url_type": _URL,
    "url_parsing": _URL,
    "url_syntax_violation": _URL,
    "url_too_long": _("Enter at most %(max_length)s characters."),
    "url_scheme": _("The address must begin with one of: %(expected_schemes)s."),
    "uuid_parsing": _("Enter a valid identifier."),
    "too_short": _("Enter at least %(min_length)s entries."),
    "too_long": _("Enter at most %(max_length)s entries."),
    "list_type": _("Enter a list."),
    "dict_type": _("Enter an object in JSON."),
    "model_type": _("Enter an object in JSON."),
    "model_attributes_type": _("Enter an object in JSON."),
}
AT_LEAST_ONE = _("Enter at least one.")
AMOUNT = _("Enter an amount, such as 12.50.")
EMAIL = _("Enter a valid e-mail address.")


def message_for(error: ErrorDetails) -> str:
    """Return the translated text of one of pydantic's errors; an author's own is looked up."""
    context: dict[str, Any] = error.get("ctx", {})
    known = MESSAGES.get(error["type"])
    if error["type"] == "too_short" and context.get("min_length") == 1:
        known = AT_LEAST_ONE
    if known is not None:
        return str(known) % context if context else str(known)
    if error["type"] == "value_error" and "reason" in context:
        return str(EMAIL)
    cause = context.get("error")
    text = error["msg"] if cause is None else str(cause)
    return gettext(text)


def _money_message(model: type[BaseModel], error: ErrorDetails) -> str | None:
    """Return the text for a field of money, whose limits are minor units that nobody typed."""
    info = _field_at(model, error["loc"])
    extra = extra_of(info) if info else {}
    if extra.get("kind") != "money":
        return None
    if error["type"] in {"int_parsing", "int_type", "int_from_float"}:
        return str(AMOUNT)
    precision = get_currency_precision(str(extra.get("currency", "EUR")))
    limits = {
        name: Decimal(value).scaleb(-precision)
        for name, value in error.get("ctx", {}).items()
        if isinstance(value, int)
    }
    return message_for({**error, "ctx": limits}) if limits else None


def _field_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> FieldInfo | None:
    info: FieldInfo | None = None
    current: type[BaseModel] | None = model
    for part in path_of(model, loc):
        if part.isdigit():
            continue
        info = current.model_fields.get(part) if current else None
        current = read_shape(info.annotation).model if info else None
    return info


def path_of(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the path of the input that an error belongs to, without the tags that unions put in between."""
    path: list[str] = []
    current: type[BaseModel] | None = model
    for part in loc:
        if current is None:
            break
        if isinstance(part, int):
            path.append(str(part))
            continue
        names = {info.alias or name: name for name, info in current.model_fields.items()}
        name = part if part in current.model_fields else names.get(part)
        if name is None:
            if part not in path and part == loc[-1]:
                path.append(part)  # a key that the model does not know
            continue
        path.append(name)
        shape = read_shape(current.model_fields[name].annotation)
        if shape.kind in {"lines", "multiselect", "json"}:
            break  # one input holds the whole list
        current = shape.model
    return tuple(path)


def validate(
    model: type[M], data: Mapping[str, Any], *, refuse_unknown: bool = False
) -> tuple[M | None, dict[str, list[str]]]:
    """Return the model's instance and no errors, or None and the messages by path.

    Texts that show nothing are refused here, whatever the field: what is stored, or told by events, may hold them. So
    are moments that do not exist in every time zone, since each reader sees them in their own.
    """
    extra: Literal["forbid"] | None = "forbid" if refuse_unknown else None
    try:
        instance = model.model_validate(dict(data), extra=extra, by_name=True, by_alias=True)
    except ValidationError as error:
        errors: dict[str, list[str]] = {}
        for detail in error.errors(include_url=False, include_input=False):
            texts = errors.setdefault(".".join(path_of(model, detail["loc"])), [])
            text = _money_message(model, detail) or message_for(detail)
            if text not in texts:
                texts.append(text)
        return None, errors
    faults = {".".join(path_of(model, place)): [text] for place, text in _faults(instance)}
    return (None, faults) if faults else (instance, {})


def _faults(value: Any, place: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield where texts are that hold characters, but none that is seen, and moments at the ends of the calendar."""
    if isinstance(value, str):
        if value and shows_nothing(value):
            yield place, str(SHOWS_NOTHING)
    elif isinstance(value, datetime):
        if not MINYEAR < value.year < MAXYEAR:
            yield place, str(_MOMENT)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _faults(getattr(value, name), (*place, name))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _faults(item, (*place, number))
