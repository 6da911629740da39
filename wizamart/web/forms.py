"""Forms of the portal: a pydantic model is the form, its fields, its rules and its errors."""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, Self, TypeVar

from flask import current_app, request
from pydantic import BaseModel

from wizamart.database import hold_row
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.module_system.config_errors import FORM, validate
from wizamart.module_system.config_fields import Choices, Field, FormState, as_choice, build_fields, kind_of
from wizamart.module_system.config_forms import plain_values
from wizamart.module_system.config_input import FormData, parse

M = TypeVar("M", bound=BaseModel)
VERSION: Final = "~version"
CHANGED_MEANWHILE: Final = lazy_gettext(
    "Somebody else has changed this since you opened it. What you entered is kept below; "
    "saving again replaces their change."
)


def fingerprint(stored: Mapping[str, Any]) -> str:
    """Return what stored values are recognised by; keyed, so that it says nothing about a secret among them."""
    text = json.dumps(stored, sort_keys=True, default=str)
    return hmac.new(str(current_app.secret_key).encode(), text.encode(), "sha256").hexdigest()[:32]


def is_outdated(data: FormData, version: str) -> bool:
    """Tell whether a form was filled from something else than what has this fingerprint now."""
    return (data.get(VERSION) or version) != version


class SchemaForm(Generic[M]):
    """A form for a model: empty, filled from an object or values, or as it was sent.

    `choices` gives selects their options at run time: `{"location_id": [(1, "Main")]}`; a value that is not among
    them is refused. `obj` may be anything with the attributes of the model, such as a row; when the form was sent,
    the secrets that were left empty come from it.

    A `guarded` form carries what it was filled from, unreadably; sent after somebody else has changed that, it is
    refused once, with what was typed kept. It must be shown and read with the same `obj` or `values`. A row is held
    from then on, so that of two who save at once one is told; who fills a form with `values` holds their row before.
    """

    def __init__(
        self,
        model: type[M],
        data: FormData | None = None,
        obj: object | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        choices: Mapping[str, Choices] | None = None,
        currency: str = "EUR",
        refuse_unknown: bool = False,
        guarded: bool = False,
    ) -> None:
        self.model = model
        self.choices = dict(choices or {})
        self.currency = currency
        self.is_submitted = data is not None
        self.refuse_unknown = refuse_unknown
        if guarded and data is not None:
            hold_row(obj)
        self._stored = {**values_of(model, obj), **(values or {})}
        self._added: dict[str, list[str]] = {}
        self.version = fingerprint(self._stored) if guarded else ""
        if data is not None:
            if guarded and is_outdated(data, self.version):
                self.add_error(FORM, CHANGED_MEANWHILE)
            self.data = parse(model, data, stored=self._stored, choices=self.choices, currency=currency)
        else:
            self.data = {**_defaults(model), **self._stored}

    @classmethod
    def from_request(cls, model: type[M], **options: Any) -> Self:
        """Return the form as the running request sent it."""
        return cls(model, request.form, **options)

    @cached_property
    def _judged(self) -> tuple[M | None, dict[str, list[str]]]:
        if not self.is_submitted:
            return None, {}
        value, errors = validate(self.model, self.data, refuse_unknown=self.refuse_unknown)
        for name, options in self.choices.items():
            allowed = {as_choice(option) for option, _label in options}
            sent = self.data.get(name)
            chosen = sent if isinstance(sent, (list, tuple)) else [sent]
            if not {as_choice(item) for item in chosen if item not in {None, ""}} <= allowed:
                errors.setdefault(name, []).append(_("Choose one of the options."))
        return (None if errors else value), errors

    @property
    def errors(self) -> dict[str, list[str]]:
        """The messages by path; those of the form as a whole stand at the empty path."""
        merged = {name: list(texts) for name, texts in self._judged[1].items()}
        for name, texts in self._added.items():
            merged.setdefault(name, []).extend(texts)
        return merged

    @property
    def form_errors(self) -> list[str]:
        """The messages that belong to no field."""
        return self.errors.get(FORM, [])

    @property
    def is_valid(self) -> bool:
        """Whether it was sent and can be accepted."""
        return self.is_submitted and not self.errors

    @property
    def value(self) -> M:
        """The model's instance; asking an invalid form raises `InvalidInput`."""
        return self.validate_or_raise()

    def validate_or_raise(self) -> M:
        """Return the model's instance, or raise `InvalidInput` with the errors by field."""
        value, _errors = self._judged
        if value is None or self._added:
            raise InvalidInput(self.errors)
        return value

    def add_error(self, name: str, message: object) -> None:
        """Put a message that a service found at its field; the empty name means the whole form."""
        self._added.setdefault(name, []).append(str(message))

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the errors of an `InvalidInput` at their fields."""
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name, text)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields to render, with what was typed and what is wrong with it."""
        state = FormState(
            values=self.data,
            errors=self.errors,
            choices=self.choices,
            stored=self._stored,
            currency=self.currency,
        )
        return build_fields(self.model, state)

    def label_at(self, name: str) -> str:
        """Return the label of the field at a path, for the summary of what is wrong."""
        return self._labels.get(name, name)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """The labels of all fields: each of a thousand mistakes asks for its own."""
        return {field.name: field.label for field in _flat(self.fields)}

    def __getitem__(self, name: str) -> Field:
        """Return one field by its name, for pages that lay out their form themselves."""
        return next(field for field in self.fields if field.name == name)


def _flat(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _flat(field.fields)


def values_of(model: type[BaseModel], obj: object | None) -> dict[str, Any]:
    """Return an object's values as JSON holds them; what it has no attribute for is left out."""
    if obj is None:
        return {}
    if isinstance(obj, BaseModel):
        return plain_values(obj)
    if isinstance(obj, Mapping):
        return dict(obj)
    return {name: _plain(getattr(obj, name)) for name in model.model_fields if hasattr(obj, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return plain_values(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Return the defaults that an empty form shows."""
    shown = {}
    for name, info in model.model_fields.items():
        if not info.is_required() and kind_of(info)[0] != "secret":
            shown[name] = _plain(info.get_default(call_default_factory=True))
    return shown
