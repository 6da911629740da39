"""A module's configuration on a platform: defaults from its definition, differences in the row, secrets sealed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wizamart import audit, clock
from wizamart.exceptions import InvalidInput
from wizamart.module_system import config_forms, delivery
from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.events import ModuleEvent, ModuleEventData
from wizamart.module_system.exceptions import StaleConfiguration
from wizamart.module_system.locking import advance_revision, lock_platform
from wizamart.module_system.manager import current_manager
from wizamart.module_system.models import PlatformModule
from wizamart.schema import Schema


class NoConfiguration(Schema):
    """The configuration of a module that declares none."""


def get_module_config(session: Session, platform_id: int, code: str) -> BaseModel:
    """Return a module's configuration with defaults applied and secrets readable.

    A stored value that the schema rejects by now falls back to its default; `config_faults` names it.
    """
    module = current_manager().registry[code]
    return _read(module, _stored(session, platform_id, code))[0]


def config_faults(session: Session, platform_id: int, code: str) -> list[config_forms.Fault]:
    """Return the stored values that the schema rejects, by their path."""
    module = current_manager().registry[code]
    return _read(module, _stored(session, platform_id, code))[1]


def stored_version(session: Session, platform_id: int, code: str) -> str:
    """Return the mark of what is stored now, for `set_module_config` to compare with."""
    return version_of(_stored(session, platform_id, code))


def preview_config(session: Session, platform_id: int, code: str, values: Mapping[str, Any]) -> BaseModel:
    """Return what a module's configuration would be with the given keys merged; writes nothing.

    :raises InvalidInput: for unknown keys and values that the schema rejects, by their path.
    """
    current = get_module_config(session, platform_id, code)
    return _merged(current, values)


def _merged(current: BaseModel, values: Mapping[str, Any]) -> BaseModel:
    wanted = config_forms.merge(config_forms.plain_values(current), values)
    instance, errors = config_forms.validate(type(current), wanted, refuse_unknown=True)
    if instance is None:
        raise InvalidInput(errors)
    return instance


def set_module_config(
    session: Session,
    platform_id: int,
    code: str,
    values: Mapping[str, Any],
    user_id: int | None = None,
    *,
    origin: str = "code",
    at: datetime | None = None,
    version: str | None = None,
) -> BaseModel:
    """Merge the given keys into a module's configuration and return the result; what holds already writes nothing.

    A stored value that the schema rejects stays stored until its key is given. With `version`, what is stored must
    still be what it was when `version_of` returned that mark.

    :raises InvalidInput: for unknown keys and values that the schema rejects, by their path.
    :raises StaleConfiguration: when somebody else has changed it meanwhile.
    """
    module = current_manager().registry[code]
    schema = module.resolve_config_schema() or NoConfiguration
    platform = lock_platform(session, platform_id)
    row = _row(session, platform_id, code)
    stored = row.config if row else {}
    if version is not None and version != version_of(stored):
        session.info.pop("module_state", None)  # it is what is stale
        raise StaleConfiguration
    current, faults = _read(module, stored)
    instance = _merged(current, values)
    kept = _rejected(stored, faults, given=values)
    chosen = config_forms.seal(schema, config_forms.differences(schema, instance, module.default_config))
    is_same = config_forms.plain_values(instance) == config_forms.plain_values(current)
    if is_same and set(kept) == set(_rejected(stored, faults, given={})):
        return instance
    if row is None:
        row = PlatformModule(platform_id=platform_id, module_code=code, is_enabled=False)
        session.add(row)
    row.config = {**chosen, **kept}
    advance_revision(platform)
    session.info.pop("module_state", None)
    _tell(
        session, module, current, instance, platform_id, user_id=user_id, origin=origin, at=at or clock.now()
    )
    return instance


def version_of(stored: Mapping[str, Any]) -> str:
    """Return a mark of what is stored, by which a form notices that somebody else saved meanwhile."""
    text = json.dumps(dict(stored), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rejected(
    stored: Mapping[str, Any], faults: Iterable[config_forms.Fault], *, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is stored, is rejected by the schema and was not given anew: it stays, whatever else is saved."""
    names = {fault.path.partition(".")[0] for fault in faults}
    if config_forms.FORM in names:
        names = set(stored)  # the values contradict each other, and nobody can say which one is wrong
    return {name: stored[name] for name in names if name in stored and name not in given}


def list_faults(session: Session) -> Iterator[tuple[int, str, config_forms.Fault]]:
    """Yield `(platform id, module code, fault)` of all stored configurations that their schemas reject."""
    registry = current_manager().registry
    query = sa.select(PlatformModule.platform_id, PlatformModule.module_code, PlatformModule.config).where(
        PlatformModule.module_code.in_([code for code, module in registry.items() if module.config_schema]),
        sa.cast(PlatformModule.config, sa.Text) != "{}",
    )
    for platform_id, code, stored in session.execute(query):
        for fault in _read(registry[code], stored or {})[1]:
            yield platform_id, code, fault


def _tell(
    session: Session,
    module: ModuleDefinition,
    before: BaseModel,
    after: BaseModel,
    platform_id: int,
    *,
    user_id: int | None,
    origin: str,
    at: datetime,
) -> None:
    """Write the audit row and announce the change, both without secrets."""
    redacted = config_forms.redact(type(after), config_forms.plain_values(after))
    entry = audit.record(
        session,
        action="modules.configure",
        target=f"module-config:{module.code}",
        actor_id=user_id,
        platform_id=platform_id,
        before=config_forms.redact(type(before), config_forms.plain_values(before)),
        after=redacted,
        origin=origin,
        at=at,
    )
    data = ModuleEventData(module.code, platform_id, user_id, redacted, entry.operation_id, at)
    delivery.announce(session, [(ModuleEvent.CONFIG_CHANGED, data)])


def is_incomplete(module: ModuleDefinition, stored: Mapping[str, Any] | None) -> bool:
    """Tell whether a value is missing that the module cannot work without.

    The schema marks such a field with `json_schema_extra={"needed": True}`; it has an empty default, since a platform
    may switch the module on first and fill the value in afterwards.
    """
    schema = module.resolve_config_schema()
    if schema is None:
        return False
    needed = [
        name
        for name, field in schema.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("needed")
    ]
    if not needed:
        return False
    values = config_forms.plain_values(_read(module, stored or {})[0])
    return any(values[name] in {None, ""} for name in needed)


def _read(module: ModuleDefinition, stored: Mapping[str, Any]) -> tuple[BaseModel, list[config_forms.Fault]]:
    schema = module.resolve_config_schema() or NoConfiguration
    return config_forms.with_defaults(schema, stored, module.default_config)


def _stored(session: Session, platform_id: int, code: str) -> Mapping[str, Any]:
    state = session.info.get("module_state")
    if state is None or state.platform_id != platform_id:
        state = current_manager().state_of(session, platform_id)
    return dict(state.configs.get(code, {}))


def _row(session: Session, platform_id: int, code: str) -> PlatformModule | None:
    query = sa.select(PlatformModule).where(
        PlatformModule.platform_id == platform_id, PlatformModule.module_code == code
    )
    return session.scalars(query).one_or_none()
