"""A module's configuration: its form, what of it is stored, its secrets, and stored values gone stale."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from wizamart.i18n import gettext as _
from wizamart.module_system.config_errors import FORM, message_for, path_of, validate
from wizamart.module_system.config_fields import Field, FormState, build_fields, read_shape
from wizamart.module_system.config_input import parse
from wizamart.secrets import SecretUnreadable, decrypt, encrypt

__all__ = [
    "FORM",
    "Fault",
    "Field",
    "FormState",
    "build_fields",
    "differences",
    "merge",
    "parse",
    "plain_values",
    "redact",
    "seal",
    "unseal",
    "validate",
    "with_defaults",
]

M = TypeVar("M", bound=BaseModel)

SEALED = "$sealed"
REDACTED = "[secret]"
ATTEMPTS = 50


class Fault(NamedTuple):
    """A stored value that the schema no longer takes; its default holds instead, the stored one stays."""

    path: str
    message: str


def plain_values(instance: BaseModel) -> dict[str, Any]:
    """Return a model's values as JSON can hold them, secrets in the clear: seal them before they leave."""
    values = instance.model_dump(mode="json")
    _reveal(instance, values)
    return values


def _reveal(instance: BaseModel, values: dict[str, Any]) -> None:
    for name in type(instance).model_fields:
        value = getattr(instance, name)
        if isinstance(value, SecretStr):
            values[name] = value.get_secret_value()
        elif isinstance(value, BaseModel):
            _reveal(value, values[name])
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    _reveal(item, values[name][index])
                elif isinstance(item, SecretStr):
                    values[name][index] = item.get_secret_value()


def merge(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with `changes` put over them, nested groups key by key, lists whole."""
    merged = copy.deepcopy(dict(values))
    for key, change in changes.items():
        if isinstance(change, Mapping) and SEALED not in change and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], change)
        else:
            merged[key] = copy.deepcopy(change)
    return merged


def differences(
    model: type[BaseModel], values: BaseModel | Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return only the values that differ from the module's defaults, which lie over those of the model."""
    chosen = plain_values(values if isinstance(values, BaseModel) else model.model_validate(dict(values)))
    return _differences(chosen, _all_defaults(model, defaults or {}))


def _differences(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in defaults and defaults[key] == value:
            continue
        default = defaults.get(key)
        both = isinstance(value, Mapping) and isinstance(default, Mapping)
        found[key] = _differences(value, default or {}) if both else value
    return found


def _all_defaults(model: type[BaseModel], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults as JSON holds them; required fields without one are absent."""
    try:
        return plain_values(model.model_validate(dict(defaults)))
    except ValidationError:
        known = {
            name: info.get_default(call_default_factory=True)
            for name, info in model.model_fields.items()
            if not info.is_required()
        }
        return merge(plain_values(model.model_construct(**known)), defaults)


def with_defaults(
    model: type[M], stored: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> tuple[M, list[Fault]]:
    """Return the configuration in force; a stored value that the schema rejects gives way and is reported.

    Raises ValidationError if not even the defaults satisfy the schema, which the registry refuses beforehand.
    """
    kept = unseal(model, stored)
    base = dict(defaults or {})
    faults: list[Fault] = []
    for _attempt in range(ATTEMPTS):
        try:
            return model.model_validate(merge(base, kept)), faults
        except ValidationError as error:
            detail = error.errors(include_url=False, include_input=False)[0]
            path = path_of(model, detail["loc"])
            text = message_for(detail)
            removed = _remove(kept, path)
            if removed is None:
                break
            if _is_sealed(removed):
                text = _("This secret cannot be read with the keys of this installation.")
            fault = Fault(".".join(path), text)
            if fault.path not in {known.path for known in faults}:
                faults.append(fault)
    if kept:
        faults.append(Fault(FORM, _("The stored settings contradict each other; the defaults hold.")))
    return model.model_validate(base), faults


def _remove(values: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Take out the value at `path`, or the list it lies in; return it, or None if nothing is stored there."""
    current: Any = values
    for depth, part in enumerate(path):
        if not isinstance(current, dict) or part not in current:
            return None
        following = current[part]
        if depth == len(path) - 1 or not isinstance(following, dict) or _is_sealed(following):
            return current.pop(part) if current[part] is not None else (current.pop(part) or False)
        if path[depth + 1] not in following:
            return current.pop(part)
        current = following
    return None


def _is_sealed(value: Any) -> bool:
    return isinstance(value, Mapping) and SEALED in value


def seal(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with every secret encrypted; one that already is stays as it is."""
    return _map_secrets(model, values, _sealed)


def unseal(model: type[BaseModel], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with every secret readable; one that no key opens stays sealed, and is no text."""
    return _map_secrets(model, stored, _unsealed)


def redact(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values for audit and events: of a secret, only whether there is one."""
    return _map_secrets(model, values, lambda value: REDACTED if value else value)


def _sealed(value: Any) -> Any:
    return {SEALED: encrypt(value)} if isinstance(value, str) and value else value


def _unsealed(value: Any) -> Any:
    if not _is_sealed(value):
        return value
    try:
        return decrypt(value[SEALED])
    except SecretUnreadable:
        return value


def _map_secrets(
    model: type[BaseModel], values: Mapping[str, Any], function: Callable[[Any], Any]
) -> dict[str, Any]:
    """Apply `function` to every secret in the values, however deep."""
    result = copy.deepcopy(dict(values))
    for name, info in model.model_fields.items():
        if name in result:
            result[name] = _map_value(info.annotation, result[name], function)
    return result


def _map_value(annotation: Any, value: Any, function: Callable[[Any], Any]) -> Any:
    shape = read_shape(annotation)
    if shape.kind == "secret":
        return function(value.get_secret_value() if isinstance(value, SecretStr) else value)
    if shape.model and isinstance(value, BaseModel):
        value = plain_values(value)
    if shape.model and isinstance(value, Mapping):
        return _map_secrets(shape.model, value, function)
    if shape.model and isinstance(value, (list, tuple)):
        inner = shape.model
        return [_map_secrets(inner, item, function) if isinstance(item, Mapping) else item for item in value]
    return value
