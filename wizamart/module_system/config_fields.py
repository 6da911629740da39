"""The fields of a form, read from a pydantic model: one tree to render, to parse, and to carry errors."""

import datetime as dt
import enum
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types
from babel.numbers import get_currency_precision
from pydantic import AnyUrl, BaseModel, EmailStr, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from wizamart.i18n import gettext as _, translate

Choices = Sequence[tuple[Any, Any]]

LONG_TEXT = 255
SCALARS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "decimal"),
    (Decimal, "decimal"),
    (dt.datetime, "datetime"),
    (dt.date, "date"),
    (dt.time, "time"),
    (SecretStr, "secret"),
    (EmailStr, "email"),
    (AnyUrl, "url"),
    (str, "text"),
)
SCALAR_TYPES = tuple(known for known, _kind in SCALARS)
PLAIN_KINDS = frozenset({"text", "integer", "decimal", "select", "email", "url"})
LISTS = (list, set, frozenset, tuple)


class Shape(NamedTuple):
    """What an annotation comes to: the kind of its input, and what the kind needs to know."""

    kind: str
    is_optional: bool = False
    model: type[BaseModel] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    metadata: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One input, or a group of them; `name` is its path with dots, as in `address.lines.0.text`."""

    path: tuple[str, ...]
    kind: str
    label: str
    help: str = ""
    required: bool = False
    is_optional: bool = False
    value: Any = None
    choices: tuple[tuple[str, str], ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple["Field", ...] = ()
    shown_when: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    is_set: bool = False
    currency: str = ""
    default: Any = None
    autocomplete: str = ""

    @property
    def name(self) -> str:
        """The name of the input."""
        return ".".join(self.path)

    @property
    def id(self) -> str:
        """The id of the input in the page."""
        return "field-" + "-".join(self.path)

    @property
    def text(self) -> str:
        """The value as the input shows it."""
        value = self.value
        if self.kind == "money" and isinstance(value, int):
            precision = get_currency_precision(self.currency)
            return f"{Decimal(value).scaleb(-precision):.{precision}f}"
        if self.kind == "lines" and isinstance(value, (list, tuple, set, frozenset)):
            return "\n".join(as_choice(item) for item in value)
        if self.kind == "json" and value is not None and not isinstance(value, str):
            return json.dumps(value, indent=2, ensure_ascii=False, default=str)
        if self.kind == "decimal" and isinstance(value, Decimal):
            return f"{value:f}"
        if self.kind == "datetime" and isinstance(value, dt.datetime):
            return value.strftime("%Y-%m-%dT%H:%M")
        return as_choice(value)

    @property
    def chosen(self) -> frozenset[str]:
        """The options of a multiple choice that are ticked."""
        values = self.value if isinstance(self.value, (list, tuple, set, frozenset)) else ()
        return frozenset(as_choice(value) for value in values)

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain the input, for `aria-describedby`."""
        parts = ((self.help, f"{self.id}-help"), (self.errors, f"{self.id}-errors"))
        return " ".join(part for shown, part in parts if shown)

    @property
    def condition_field(self) -> str:
        """The name of the field that decides whether this one is shown; empty if none does."""
        sibling = next(iter(self.shown_when), "")
        return ".".join((*self.path[:-1], sibling)) if sibling else ""

    @property
    def condition_value(self) -> str:
        """The value of that field with which this one is shown; several are separated by spaces."""
        wanted: Any = next(iter(self.shown_when.values()), "")
        values = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        return " ".join(as_choice(value) for value in values)


def as_choice(value: Any) -> str:
    """Return a value as an option of a select carries it."""
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def read_shape(annotation: Any) -> Shape:
    """Look through `Annotated` and `X | None` at what an annotation asks for."""
    metadata: list[Any] = []
    is_optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata.extend(get_args(annotation)[1:])
            annotation = get_args(annotation)[0]
        elif origin in {Union, types.UnionType}:
            members = [member for member in get_args(annotation) if member is not type(None)]
            is_optional = is_optional or len(members) < len(get_args(annotation))
            if len(members) > 1:
                kind = "text" if all(read_shape(member).kind in PLAIN_KINDS for member in members) else "json"
                _refuse_hidden_secret(annotation)
                return Shape(kind, is_optional, metadata=tuple(metadata))
            annotation = members[0]
        else:
            break
    flat = [
        inner for item in metadata for inner in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]
    return _shape_of(annotation, is_optional=is_optional, metadata=tuple(flat))


def _shape_of(annotation: Any, *, is_optional: bool, metadata: tuple[Any, ...]) -> Shape:
    origin = get_origin(annotation) or annotation
    if origin is Literal:
        choices = tuple((as_choice(value), _worded(value)) for value in get_args(annotation))
        return Shape("select", is_optional, choices=choices, metadata=metadata)
    if origin in LISTS:
        item = read_shape(next(iter(get_args(annotation)), str))
        if item.kind != "group":
            _refuse_hidden_secret(annotation)
        kind = {"group": "groups", "select": "multiselect", "json": "json"}.get(item.kind, "lines")
        return Shape(kind, is_optional, item.model, item.choices, metadata)
    if origin not in SCALAR_TYPES and get_args(annotation):
        _refuse_hidden_secret(annotation)
    if not isinstance(origin, type):
        return Shape("json", is_optional, metadata=metadata)
    if issubclass(origin, BaseModel):
        return Shape("group", is_optional, origin, metadata=metadata)
    if issubclass(origin, enum.Enum):
        choices = tuple((as_choice(member), _worded(member)) for member in origin)
        return Shape("select", is_optional, choices=choices, metadata=metadata)
    kind = next((kind for known, kind in SCALARS if issubclass(origin, known)), "json")
    return Shape(kind, is_optional, metadata=metadata)


def _refuse_hidden_secret(annotation: Any) -> None:
    """Refuse a secret where no field of its own would hold it: it would be shown, and stored readable."""
    if isinstance(annotation, type) and issubclass(annotation, SecretStr):
        raise TypeError("a secret must be a field of a model, not an item of a list, a dict or a union")
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for info in annotation.model_fields.values():
            _refuse_hidden_secret(info.annotation)
    for part in get_args(annotation):
        _refuse_hidden_secret(part)


def _worded(value: Any) -> str:
    """Return the label of a choice: its own, or its value in words."""
    label = getattr(value, "label", None)
    if label is not None:
        return translate(label)
    return translate(as_choice(value).replace("_", " ").replace("-", " ").capitalize())


def extra_of(info: FieldInfo) -> dict[str, Any]:
    """Return what a field says about its form in `json_schema_extra`."""
    return dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}


def kind_of(info: FieldInfo, choices: Choices | None = None) -> tuple[str, Shape]:
    """Return the kind of a field's input, after its own wish and choices given at run time."""
    shape = read_shape(info.annotation)
    kind = str(extra_of(info).get("kind", shape.kind))
    if choices is not None:
        kind = "multiselect" if shape.kind in {"lines", "multiselect"} else "select"
    elif kind == "boolean" and shape.is_optional:
        kind = "select"
    elif kind == "text" and (limits_of(info, shape).get("maxlength") or 0) > LONG_TEXT:
        kind = "textarea"
    return kind, shape


def limits_of(info: FieldInfo, shape: Shape) -> dict[str, Any]:
    """Return a field's constraints as the attributes that HTML has for them."""
    limits: dict[str, Any] = {}
    whole = shape.kind == "integer"
    for item in (*info.metadata, *shape.metadata):
        if isinstance(item, annotated_types.Ge):
            limits["min"] = item.ge
        elif isinstance(item, annotated_types.Gt):
            limits["min"] = item.gt + 1 if whole else item.gt  # type: ignore[operator]
        elif isinstance(item, annotated_types.Le):
            limits["max"] = item.le
        elif isinstance(item, annotated_types.Lt):
            limits["max"] = item.lt - 1 if whole else item.lt  # type: ignore[operator]
        elif isinstance(item, annotated_types.MultipleOf):
            limits["step"] = item.multiple_of
        elif isinstance(item, annotated_types.MinLen):
            limits["minlength"] = item.min_length
        elif isinstance(item, annotated_types.MaxLen):
            limits["maxlength"] = item.max_length
        elif getattr(item, "pattern", None):
            limits["pattern"] = str(item.pattern)
    return limits


def label_of(name: str, info: FieldInfo) -> str:
    """Return the translated title, or the name of the field in words."""
    return translate(info.title) or _(name.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class FormState:
    """What a tree of fields shows: values, errors, choices known only now, and which secrets are stored."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choices: Mapping[str, Choices] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict)
    currency: str = "EUR"
    blank_rows: int = 1


def build_fields(model: type[BaseModel], state: FormState) -> tuple[Field, ...]:
    """Return the fields of the form for `model`."""
    return tuple(_build_group(model, state, (), state.values, state.stored))


def _build_group(
    model: type[BaseModel], state: FormState, prefix: tuple[str, ...], values: Any, stored: Any
) -> Iterable[Field]:
    values = values if isinstance(values, Mapping) else {}
    stored = stored if isinstance(stored, Mapping) else {}
    for name, info in model.model_fields.items():
        extra = extra_of(info)
        if extra.get("kind") == "hidden":
            continue
        path = (*prefix, name)
        choices = state.choices.get(".".join(part for part in path if not part.isdigit()))
        kind, shape = kind_of(info, choices)
        default = None if info.default is PydanticUndefined else info.default
        value = values.get(name)
        yield Field(
            path=path,
            kind=kind,
            label=label_of(name, info),
            help=translate(info.description),
            required=info.is_required()
            and not shape.is_optional
            and kind not in {"boolean", "group", "groups"},
            is_optional=shape.is_optional,
            value=None if kind == "secret" else value,
            choices=_choices(choices, shape, extra, info),
            limits=limits_of(info, shape),
            fields=_children(kind, shape, state, path, value, stored.get(name)),
            shown_when=extra.get("shown_when", {}),
            errors=_errors_at(state, path),
            is_set=kind == "secret" and bool(stored.get(name)),
            currency=str(
                extra.get("currency") or values.get(extra.get("currency_field", "")) or state.currency
            ),
            default=None if kind == "secret" else default,
            autocomplete=str(extra.get("autocomplete", "")),
        )


def _children(  # noqa: PLR0917 - the parts of one step of the recursion
    kind: str, shape: Shape, state: FormState, path: tuple[str, ...], value: Any, stored: Any
) -> tuple[Field, ...]:
    """Return the fields of a group, or the rows of a list of groups with blank ones to add."""
    if shape.model is None or kind not in {"group", "groups"}:
        return ()
    if kind == "group":
        return tuple(_build_group(shape.model, state, path, value, stored))
    rows = list(value) if isinstance(value, (list, tuple)) else []
    known = list(stored) if isinstance(stored, (list, tuple)) else []
    known += [None] * (len(rows) + state.blank_rows - len(known))
    fields = []
    for index in range(len(rows) + state.blank_rows):
        here = (*path, str(index))
        row = rows[index] if index < len(rows) else None
        children = tuple(_build_group(shape.model, state, here, row or _blank(shape.model), known[index]))
        label = _("Entry %(number)d", number=index + 1) if row is not None else _("New entry")
        errors = _errors_at(state, here)
        fields.append(Field(here, "row", label, fields=children, is_set=row is not None, errors=errors))
    return tuple(fields)


def _blank(model: type[BaseModel]) -> dict[str, Any]:
    """Return what a row to add shows: its boxes and selects; an untouched text would make it count as written."""
    return {
        name: info.default
        for name, info in model.model_fields.items()
        if not info.is_required() and kind_of(info)[0] in {"boolean", "select"}
    }


def _choices(
    given: Choices | None, shape: Shape, extra: Mapping[str, Any], info: FieldInfo
) -> tuple[tuple[str, str], ...]:
    if given is not None:
        options = [(as_choice(value), translate(label)) for value, label in given]
    elif shape.kind == "boolean":
        options = [("true", _("Yes")), ("false", _("No"))]
    else:
        labels = extra.get("choices", {})
        options = [(value, translate(labels.get(value, label))) for value, label in shape.choices]
    single = shape.kind not in {"lines", "multiselect"}
    if options and single and (shape.is_optional or info.is_required()):
        options.insert(0, ("", _("Not set") if shape.is_optional else _("Please choose")))
    return tuple(options)


def _errors_at(state: FormState, path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(state.errors.get(".".join(path), ()))
