"""What a browser sent, as the nested values that a pydantic model can judge."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, DecimalException
from functools import cached_property
from typing import Any, Protocol

from babel.numbers import get_currency_precision
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wizamart.invisible import one_line
from wizamart.module_system.config_fields import Choices, extra_of, kind_of

REMOVE = "~remove"
TEXT_KINDS = frozenset({"text", "textarea", "email", "url", "secret"})
ROW = re.compile(r"[0-9]{1,4}")
MOST_PARTS = 16  # of a name; no form lies that deep
MOST_DIGITS = 28  # what decimals reckon with exactly, and far beyond any amount
_ABSENT = object()


class FormData(Protocol):
    """What werkzeug's MultiDict offers and this module needs."""

    def get(self, key: str) -> Any:
        """Return the first value of a name."""

    def getlist(self, key: str) -> list[Any]:
        """Return all values of a name."""

    def keys(self) -> Iterable[str]:
        """Return the names."""


class Input:
    """One form as it was sent, read along the fields of a model."""

    def __init__(self, data: FormData, *, choices: Mapping[str, Choices], currency: str) -> None:
        self.data = data
        self.choices = choices
        self.currency = currency

    def group(self, model: type[BaseModel], prefix: str, stored: Any) -> dict[str, Any]:
        """Read the fields of a model; what was left empty and has a default is not in the result."""
        stored = stored if isinstance(stored, Mapping) else {}
        values: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            if extra_of(info).get("kind") == "hidden":
                continue
            value = self.field(info, f"{prefix}{name}", stored.get(name, _ABSENT), values)
            if value is not _ABSENT:
                values[name] = value
        return values

    def field(  # noqa: PLR0911 - one line for each kind of input
        self, info: FieldInfo, name: str, stored: Any, siblings: Mapping[str, Any]
    ) -> Any:
        """Read one field, or `_ABSENT` where the model's default shall hold."""
        plain = ".".join(part for part in name.split(".") if not part.isdigit())
        kind, shape = kind_of(info, self.choices.get(plain))
        if kind == "boolean":
            return self.data.get(name) not in {None, "", "false", "0", "off"}
        if kind == "group" and shape.model:
            return self.group(shape.model, f"{name}.", stored)
        if kind == "groups" and shape.model:
            return list(self.rows(shape.model, name, stored))
        if kind == "multiselect":
            return [value for value in self.data.getlist(name) if value != ""]
        if kind == "lines":
            return [line.strip() for line in _lines(self.data.getlist(name)) if line.strip()]
        if kind == "secret":
            return self.secret(info, name, stored, is_optional=shape.is_optional)
        text = self.data.get(name)
        text = "" if text is None else str(text).replace("\r\n", "\n")
        if kind != "textarea":
            text = one_line(text).strip()
        if not text.strip():
            return _empty(info, kind, is_optional=shape.is_optional)
        if kind == "money":
            return _minor_units(text, self.currency_of(info, siblings))
        return _converted(text, kind)

    def currency_of(self, info: FieldInfo, siblings: Mapping[str, Any]) -> str:
        """Return the currency of a money field: its own, its neighbour's, or the form's."""
        extra = extra_of(info)
        return str(extra.get("currency") or siblings.get(extra.get("currency_field", "")) or self.currency)

    def secret(self, info: FieldInfo, name: str, stored: Any, *, is_optional: bool) -> Any:
        """Read a secret: empty keeps the stored one, the box beside it removes it."""
        typed = self.data.get(name)
        if typed:
            return typed
        if self.data.get(f"{name}.{REMOVE}"):
            return _empty(info, "secret", is_optional=is_optional)
        return stored

    def rows(self, model: type[BaseModel], name: str, stored: Any) -> Iterable[dict[str, Any]]:
        """Read a list of groups; a row that is marked as removed, or left blank, is left out."""
        known = stored if isinstance(stored, list) else []
        for index in sorted(self._names[1].get(name, ())):
            prefix = f"{name}.{index}."
            if self.data.get(prefix + REMOVE):
                continue
            if self.is_blank(model, prefix):
                continue
            yield self.group(model, prefix, known[index] if index < len(known) else None)

    def is_blank(self, model: type[BaseModel], prefix: str) -> bool:
        """Whether nothing was written into a row; selects and boxes always say something and do not count."""
        written = [
            name
            for name, info in model.model_fields.items()
            if kind_of(info, self.choices.get(f"{prefix}{name}"))[0] not in {"boolean", "select"}
        ]
        if not written:
            return False
        filled, _rows = self._names
        return filled.isdisjoint(f"{prefix}{name}" for name in written)

    @cached_property
    def _names(self) -> tuple[set[str], dict[str, set[int]]]:
        """Return the names in which something was written, with all around them, and the rows of each list.

        They are gone through once: a form may have thousands, and a row that looked for its own among all would cost
        as much as there are rows.
        """
        filled: set[str] = set()
        rows: dict[str, set[int]] = defaultdict(set)
        for name in self.data.keys():  # noqa: SIM118
            *around, last = name.split(".", MOST_PARTS)
            path = ""
            above: list[str] = []
            for part in around:
                if ROW.fullmatch(part):
                    rows[path].add(int(part))
                path = f"{path}.{part}" if above else part
                above.append(path)
            if any(self.data.getlist(name)):
                filled.update((*above, f"{path}.{last}" if above else last))
        return filled, rows


def _empty(info: FieldInfo, kind: str, *, is_optional: bool) -> Any:
    """Say what an empty input means: nothing, an empty text, or the default (absent: required ones miss it)."""
    if is_optional:
        return None
    return "" if kind in TEXT_KINDS and not info.is_required() else _ABSENT


def _converted(text: str, kind: str) -> Any:
    """Turn a text into what its kind of field holds; what cannot be turned is left for the model to refuse."""
    if kind in {"integer", "decimal"}:
        return _dotted(text)
    if kind == "json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _dotted(text: str) -> str:
    """Write a number with a point, whether it was typed with a point or a comma, with spaces or without."""
    compact = re.sub(r"[\s\u00a0\u202f']", "", text)
    return compact.replace(",", ".") if compact.count(",") == 1 and "." not in compact else compact


def _minor_units(text: str, currency: str) -> Any:
    """Return an amount in the currency's minor units, or the text if it is none, finer than they are, or absurd."""
    try:
        amount = Decimal(_dotted(text)).scaleb(get_currency_precision(currency))
    except DecimalException:  # no number, or one whose exponent is out of bounds
        return text
    is_whole = amount.is_finite() and amount.adjusted() < MOST_DIGITS and amount == amount.to_integral_value()
    return int(amount) if is_whole else text


def _lines(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        yield from str(value).splitlines()


def parse(
    model: type[BaseModel],
    formdata: FormData,
    *,
    stored: Mapping[str, Any] | None = None,
    choices: Mapping[str, Choices] | None = None,
    currency: str = "EUR",
) -> dict[str, Any]:
    """Return the raw nested values of a form; `stored` fills in the secrets that were left as they are."""
    return Input(formdata, choices=choices or {}, currency=currency).group(model, "", stored or {})
